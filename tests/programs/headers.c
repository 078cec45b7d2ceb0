/*
 * The headers of the heap's blocks form one list in address order, without gaps. A
 * mapping has a header as well, but is in no list.
 *
 *     |h| 8 |h| 80 |h| 800 |h| the rest, free |      |h| mapping |
 *      ^-----^------^-------^                         ^ no neighbours
 */
#include "expect.h"

/* How many blocks there are. Each must begin where the one before it ends. */
static int count_blocks(void *first)
{
	struct block_meta *previous = NULL;
	int count = 0;

	for (struct block_meta *block = header_of(first); block != NULL; block = block->next) {
		EXPECT(block->prev == previous);
		EXPECT(block->size % 8 == 0);
		EXPECT(previous == NULL || (char *)(previous + 1) + previous->size == (char *)block);
		previous = block;
		count++;
	}
	return count;
}

int main(void)
{
	void *first = os_malloc(8), *second = os_malloc(80), *third = os_malloc(800);
	void *mapping = os_malloc(200000);

	EXPECT(sizeof(struct block_meta) == 32);
	EXPECT(count_blocks(first) == 4);
	EXPECT(header_of(mapping)->prev == NULL && header_of(mapping)->next == NULL);

	os_free(second);
	os_free(third);
	EXPECT(header_of(second)->status == STATUS_FREE && header_of(second)->size == 80);
	EXPECT(count_blocks(first) == 4);

	void *fourth = os_malloc(24); /* merges the rest, then splits it */

	EXPECT(header_of(fourth) == header_of(second));
	EXPECT(count_blocks(first) == 3);
	os_free(first);
	os_free(fourth);
	os_free(mapping);
	return 0;
}
