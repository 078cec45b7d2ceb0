/*
 * os_realloc() keeps the contents up to the smaller size, whether a block grows in
 * place, moves on the heap, moves into a mapping, or shrinks. os_free() of a neighbour
 * leaves them alone.
 */
#include "expect.h"

static unsigned char expected(size_t index)
{
	return (unsigned char)(index * 7 + 1);
}

static void write_bytes(unsigned char *bytes, size_t from, size_t to)
{
	for (size_t index = from; index < to; index++)
		bytes[index] = expected(index);
}

static int is_intact(const unsigned char *bytes, size_t length)
{
	for (size_t index = 0; index < length; index++)
		if (bytes[index] != expected(index))
			return 0;
	return 1;
}

int main(void)
{
	static const size_t sizes[] = {1000, 300, 5000, 150000, 400000, 140000, 777, 24};
	size_t length = 64;
	void *before = os_malloc(40);
	unsigned char *block = os_malloc(length);
	void *fence = os_malloc(40);

	write_bytes(block, 0, length);
	os_free(before);
	for (size_t index = 0; index < sizeof(sizes) / sizeof(sizes[0]); index++) {
		block = os_realloc(block, sizes[index]);
		EXPECT(is_intact(block, length < sizes[index] ? length : sizes[index]));
		write_bytes(block, length, sizes[index]);
		length = sizes[index];
	}
	os_free(fence);
	EXPECT(is_intact(block, length));
	os_free(block);
	return 0;
}
