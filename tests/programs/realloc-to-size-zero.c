/*
 * os_realloc() to size 0 is os_free(): a heap block is marked free, a mapping is given
 * back. It gives NULL, and errno stays as it is.
 */
#include "expect.h"

#include <errno.h>

int main(void)
{
	void *block = os_malloc(40);
	void *fence = os_malloc(8);
	void *mapping = os_malloc(200000);

	errno = 0;
	EXPECT(os_realloc(block, 0) == NULL);
	EXPECT(os_realloc(mapping, 0) == NULL);
	EXPECT(errno == 0);
	EXPECT(header_of(block)->status == STATUS_FREE);
	EXPECT(os_malloc(40) == block);

	os_free(block);
	os_free(fence);
	return 0;
}
