/*
 * A block that is to be smaller stays where it is. What is over is split off if it
 * can be a block; it is not merged with what follows before the next search.
 *
 *     400            |h|                    400                    |fence|
 *     300 -> 304     |h|         304            |h|    64, free    |fence|
 *     200            |h|    200   |h| 72, free  |h|    64, free    |fence|
 *     168            |h|    200   |h| 72, free  |h|    64, free    |fence|
 */
#include "expect.h"

int main(void)
{
	void *block = os_malloc(400);
	void *fence = os_malloc(8);
	struct block_meta *header = header_of(block);

	EXPECT(os_realloc(block, 300) == block);
	EXPECT(header->size == 304);
	EXPECT(header->next->size == 64);

	EXPECT(os_realloc(block, 200) == block);
	EXPECT(header->size == 200);
	EXPECT(header->next->size == 72);
	EXPECT(header->next->next->size == 64);

	EXPECT(os_realloc(block, 168) == block); /* 32 over: not enough for a block */
	EXPECT(header->size == 200);

	void *rest = os_malloc(168); /* 72, a header, and 64 */

	EXPECT(header_of(rest) == header->next);
	EXPECT(header_of(rest)->next == header_of(fence));

	os_free(block);
	os_free(rest);
	os_free(fence);
	return 0;
}
