/*
 * A block grows in place if enough free blocks follow. It takes one after the other,
 * no more of them than it needs, and what is over is split off.
 *
 *     before         |h| 40 |h| 40, free |h| 40, free |h| 200, free |fence|
 *     100            |h|       112       |h| 40, free |h| 200, free |fence|
 *     150            |h|             184              |h| 200, free |fence|
 *     300 -> 304     |h|                  304            |h| 80, free |fence|
 */
#include "expect.h"

int main(void)
{
	void *block = os_malloc(40);
	void *first = os_malloc(40);
	void *second = os_malloc(40);
	void *third = os_malloc(200);
	void *fence = os_malloc(8);
	struct block_meta *header = header_of(block);

	os_free(first);
	os_free(second);
	os_free(third);

	EXPECT(os_realloc(block, 100) == block); /* 8 bytes over: used whole */
	EXPECT(header->size == 112);
	EXPECT(header->next == header_of(second));

	EXPECT(os_realloc(block, 150) == block); /* 32 bytes over: used whole */
	EXPECT(header->size == 184);
	EXPECT(header->next == header_of(third));

	EXPECT(os_realloc(block, 300) == block);
	EXPECT(header->size == 304);
	EXPECT(header->next->size == 80);
	EXPECT(header->next->next == header_of(fence));

	os_free(block);
	os_free(fence);
	return 0;
}
