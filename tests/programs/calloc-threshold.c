/*
 * os_calloc() makes a mapping from the page size on, 4096 bytes with the header: a
 * mapping is zero already. It is the product that counts. os_malloc() of as much
 * stays on the heap.
 */
#include "expect.h"

int main(void)
{
	void *below = os_calloc(1, 4056);
	void *product = os_calloc(508, 8);
	void *rounded = os_calloc(4057, 1);
	void *not_zero = os_malloc(4064);

	EXPECT(header_of(below)->status == STATUS_ALLOC);
	EXPECT(header_of(product)->status == STATUS_MAPPED);
	EXPECT(header_of(rounded)->status == STATUS_MAPPED);
	EXPECT(header_of(rounded)->size == 4064);
	EXPECT(header_of(not_zero)->status == STATUS_ALLOC);

	os_free(below);
	os_free(product);
	os_free(rounded);
	os_free(not_zero);
	return 0;
}
