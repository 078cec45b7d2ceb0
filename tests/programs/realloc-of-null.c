/*
 * os_realloc(NULL, size) is os_malloc(size): it searches, it raises the break, and it
 * makes a mapping at the threshold of os_malloc(), not at that of os_calloc().
 */
#include "expect.h"

int main(void)
{
	void *block = os_realloc(NULL, 100);
	void *page = os_realloc(NULL, 4096);
	void *mapping = os_realloc(NULL, 131040);

	EXPECT(header_of(block)->size == 104);
	EXPECT(header_of(page)->status == STATUS_ALLOC);
	EXPECT(header_of(mapping)->status == STATUS_MAPPED);

	os_free(block);
	EXPECT(os_realloc(NULL, 104) == block);

	os_free(block);
	os_free(page);
	os_free(mapping);
	return 0;
}
