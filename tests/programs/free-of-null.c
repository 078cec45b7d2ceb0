/*
 * os_free(NULL) does nothing, neither before the heap is first needed nor after: a
 * program need not ask whether there is something to free.
 */
#include "expect.h"

int main(void)
{
	os_free(NULL);

	void *block = os_malloc(24);

	os_free(NULL);
	EXPECT(header_of(block)->status == STATUS_ALLOC);
	os_free(block);
	os_free(NULL);
	return 0;
}
