/*
 * Every byte of a block from os_calloc() is zero, those of the rounding too,
 * whatever lay there before: another block's contents, or the header between two
 * blocks that became one.
 */
#include "expect.h"

#include <string.h>

/* A block with no zero in it, which is free again. */
static void leave_dirt(size_t size)
{
	void *block = os_malloc(size);

	memset(block, 0xff, header_of(block)->size);
	os_free(block);
}

static int is_zero(const unsigned char *bytes)
{
	size_t size = header_of((void *)bytes)->size;

	for (size_t index = 0; index < size; index++)
		if (bytes[index] != 0)
			return 0;
	return 1;
}

int main(void)
{
	leave_dirt(4000);

	void *rounded = os_calloc(11, 9);
	void *next = os_malloc(40);
	void *fence = os_malloc(8);

	EXPECT(header_of(rounded)->size == 104 && is_zero(rounded));
	memset(rounded, 0xff, 104);
	os_free(rounded);
	os_free(next);
	EXPECT(os_calloc(1, 150) == rounded); /* 104, a header, and 40: used whole */
	EXPECT(header_of(rounded)->size == 176 && is_zero(rounded));

	void *mapping = os_calloc(1000, 8);

	EXPECT(is_zero(mapping));
	os_free(rounded);
	os_free(fence);
	os_free(mapping);
	return 0;
}
