/*
 * When the heap is first needed the program break is raised by 128 KiB, once. What
 * is asked for is cut from that. A mapping does not need the heap.
 *
 *     os_malloc(100)      |h| 104 |h|     130904, free     |
 *     os_malloc(130904)   |h| 104 |h|        130904        |
 *     os_malloc(8)        |h| 104 |h|        130904        |h| 8 |
 *                         0                                128 KiB
 */
#include "expect.h"

int main(void)
{
	void *mapping = os_malloc(200000);
	void *first = os_malloc(100);
	struct block_meta *rest = header_of(first)->next;

	EXPECT(header_of(first)->prev == NULL);
	EXPECT(rest != NULL);
	EXPECT(rest->status == STATUS_FREE);
	EXPECT(rest->size == 130904);
	EXPECT(rest->next == NULL);

	void *second = os_malloc(130904);
	void *third = os_malloc(8);

	EXPECT(header_of(second) == rest);
	EXPECT((char *)header_of(third) == (char *)header_of(first) + 131072);

	os_free(mapping);
	os_free(first);
	os_free(second);
	os_free(third);
	return 0;
}
