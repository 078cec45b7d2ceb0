/*
 * A block moves if what follows does not suffice; what lies before it is no help. The
 * free blocks that it absorbed in vain are freed with it, as one.
 *
 *     before            |h| 40, free |h| 40 |h| 40, free |fence|h| the rest, free |
 *     to 200            |h| 40, free |h|    112, free    |fence|h| 200 |h| ...    |
 *     the next search   |h|          184, free           |fence|h| 200 |h| ...    |
 */
#include "expect.h"

#include <string.h>

int main(void)
{
	void *before = os_malloc(40);
	char *block = os_malloc(40);
	void *behind = os_malloc(40);
	void *fence = os_malloc(8);

	os_free(before);
	os_free(behind);
	strcpy(block, "what the block holds");

	char *moved = os_realloc(block, 200);

	EXPECT(header_of(moved)->prev == header_of(fence));
	EXPECT(strcmp(moved, "what the block holds") == 0);
	EXPECT(header_of(block)->status == STATUS_FREE);
	EXPECT(header_of(block)->size == 112);
	EXPECT(os_malloc(184) == before);

	os_free(before);
	os_free(fence);
	os_free(moved);
	return 0;
}
