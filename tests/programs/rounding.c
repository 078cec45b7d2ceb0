/*
 * Sizes are rounded up to a multiple of 8, so that what follows a block is aligned
 * as well.
 *
 *     os_malloc(1)   |h| 8 |
 *     os_malloc(8)   |h| 8 |
 *     os_malloc(9)   |h|  16   |      h is a header
 */
#include "expect.h"

#include <stdint.h>

#define COUNT 6

static const size_t asked[COUNT] = {1, 7, 8, 9, 100, 4095};
static const size_t rounded[COUNT] = {8, 8, 8, 16, 104, 4096};

int main(void)
{
	char *blocks[COUNT];

	for (int index = 0; index < COUNT; index++) {
		blocks[index] = os_malloc(asked[index]);
		EXPECT((uintptr_t)blocks[index] % 8 == 0);
		EXPECT(header_of(blocks[index])->size == rounded[index]);
	}
	for (int index = 1; index < COUNT; index++)
		EXPECT((char *)header_of(blocks[index]) == blocks[index - 1] + rounded[index - 1]);
	for (int index = 0; index < COUNT; index++)
		os_free(blocks[index]);
	return 0;
}
