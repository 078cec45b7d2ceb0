/*
 * A request of 128 KiB or more becomes a mapping of its own. The header counts, and
 * so does the rounding:
 *
 *     131032            + 32 = 131064   on the heap
 *     131033 -> 131040  + 32 = 131072   a mapping
 *
 * os_free() gives the whole of a mapping back at once. The heap's block stays.
 */
#include "expect.h"

int main(void)
{
	void *on_heap = os_malloc(131032);
	void *smallest = os_malloc(131033);
	void *large = os_malloc(1 << 20);

	EXPECT(header_of(on_heap)->status == STATUS_ALLOC);
	EXPECT(header_of(smallest)->status == STATUS_MAPPED);
	EXPECT(header_of(smallest)->size == 131040);
	EXPECT(header_of(large)->status == STATUS_MAPPED);
	EXPECT(header_of(large)->size == 1 << 20);

	os_free(smallest);
	os_free(on_heap);
	os_free(large);
	return 0;
}
