/*
 * os_realloc() of free memory gives NULL and changes nothing, whatever the size. That
 * holds inside a free block too: there lies what was a block before it was merged.
 *
 *     after two frees   |h| 40, free |h| 40, free |fence|
 *     after a search    |h|      112, free        |fence|
 *                                       ^ where the second block was
 */
#include "expect.h"

#include <errno.h>

int main(void)
{
	void *first = os_malloc(40);
	void *second = os_malloc(40);
	void *fence = os_malloc(8);

	os_free(first);
	os_free(second);
	errno = 0;
	EXPECT(os_realloc(first, 0) == NULL);
	EXPECT(os_realloc(first, 8) == NULL);
	EXPECT(os_realloc(first, 4096) == NULL);
	EXPECT(os_realloc(first, 1 << 20) == NULL);
	EXPECT(errno == 0);
	EXPECT(header_of(first)->size == 40);

	void *large = os_malloc(4096);

	EXPECT(header_of(first)->size == 112);
	EXPECT(os_realloc(second, 8) == NULL);
	EXPECT(os_malloc(112) == first);

	os_free(first);
	os_free(fence);
	os_free(large);
	return 0;
}
