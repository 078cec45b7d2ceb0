/*
 * The last block grows in place: the program break is raised by the difference, even
 * if a free block elsewhere would suffice.
 *
 *     100    | full       |h| 104 |
 *     200    | full       |h|   200   |         the break is raised by 96
 *     1000   | full, free |h|     1000      |   by 800: the block does not move
 */
#include "expect.h"

#include <string.h>

int main(void)
{
	void *full = os_malloc(131032);
	char *last = os_malloc(100);

	strcpy(last, "stays where it is");
	EXPECT(os_realloc(last, 200) == last);
	EXPECT(header_of(last)->size == 200);

	os_free(full);
	EXPECT(os_realloc(last, 1000) == last);
	EXPECT(header_of(last)->size == 1000);
	EXPECT(strcmp(last, "stays where it is") == 0);

	os_free(last);
	return 0;
}
