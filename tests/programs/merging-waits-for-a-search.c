/*
 * os_free() only marks a block. Free neighbours become one just before free blocks
 * are searched, in whatever order they were freed. A request for a mapping or for no
 * bytes searches nothing.
 *
 *     after three frees   |h| 40, free |h| 40, free |h| 40, free |fence|
 *     before a search     |h|             184, free              |fence|
 */
#include "expect.h"

#define COUNT 3

int main(void)
{
	void *blocks[COUNT];

	for (int index = 0; index < COUNT; index++)
		blocks[index] = os_malloc(40);

	void *fence = os_malloc(8);

	os_free(blocks[2]);
	os_free(blocks[0]);
	os_free(blocks[1]);
	os_free(os_malloc(200000));
	EXPECT(os_malloc(0) == NULL);
	for (int index = 0; index < COUNT; index++) {
		EXPECT(header_of(blocks[index])->status == STATUS_FREE);
		EXPECT(header_of(blocks[index])->size == 40);
	}

	EXPECT(os_malloc(184) == blocks[0]);
	EXPECT(header_of(blocks[0])->next == header_of(fence));

	os_free(blocks[0]);
	os_free(fence);
	return 0;
}
