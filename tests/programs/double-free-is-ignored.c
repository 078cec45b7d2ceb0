/*
 * A block that is free already is not freed again: osmem says so on standard error,
 * and nothing changes. Otherwise the block might be given out twice.
 */
#include "expect.h"

int main(void)
{
	void *block = os_malloc(40);
	void *fence = os_malloc(8);

	os_free(block);
	os_free(block);

	EXPECT(os_malloc(40) == block);

	void *other = os_malloc(40);

	EXPECT(other != block);
	os_free(block);
	os_free(other);
	os_free(fence);
	return 0;
}
