/*
 * A mapping always moves, also if its size stays: first the new block is obtained,
 * then the mapping is given back. Below the threshold the new block is on the heap,
 * even if os_calloc() would have made a mapping.
 */
#include "expect.h"

int main(void)
{
	int *mapping = os_malloc(200000);

	mapping[0] = 1;
	mapping[49999] = 2;

	int *same = os_realloc(mapping, 200000);

	EXPECT(same != mapping);
	EXPECT(header_of(same)->status == STATUS_MAPPED);
	EXPECT(same[0] == 1 && same[49999] == 2);

	int *on_heap = os_realloc(same, 1000);

	EXPECT(header_of(on_heap)->status == STATUS_ALLOC);
	EXPECT(on_heap[0] == 1);

	void *page = os_realloc(os_calloc(1, 5000), 6000);

	EXPECT(header_of(page)->status == STATUS_ALLOC);
	os_free(on_heap);
	os_free(page);
	return 0;
}
