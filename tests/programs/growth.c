/*
 * If no free block suffices, the program break is raised: by what the last block
 * lacks if that is free, else for a new block. Free blocks elsewhere stay as they are.
 *
 *                      | full |h| 16       |h| 24, free |
 *     os_malloc(100)   | full |h| 16       |h|       104       |          80 more
 *     os_malloc(50)    | full |h| 16, free |h|       104       |h| 56 |   88 more
 */
#include "expect.h"

int main(void)
{
	void *full = os_malloc(131032);
	char *second = os_malloc(10);
	char *third = os_malloc(20);

	EXPECT(header_of(full)->size == 131040);
	os_free(third);
	EXPECT(os_malloc(100) == third);
	EXPECT(header_of(third)->size == 104);
	EXPECT(header_of(third)->next == NULL);

	os_free(second);

	char *last = os_malloc(50);

	EXPECT((char *)header_of(last) == third + 104);
	EXPECT(header_of(second)->status == STATUS_FREE);

	os_free(full);
	os_free(third);
	os_free(last);
	return 0;
}
