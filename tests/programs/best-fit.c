/*
 * A search takes the smallest free block that suffices, of equals the one at the
 * lowest address.
 *
 *     | 400, free |f| 120, free |f| 200, free |f| 120, free |f| the rest, free |
 *       fourth        first         third         second      for 112 bytes each
 *
 * The small blocks f, fences, keep the free ones from becoming neighbours.
 */
#include "expect.h"

#define COUNT 4

static const size_t sizes[COUNT] = {400, 120, 200, 120};

int main(void)
{
	void *blocks[COUNT], *fences[COUNT];

	for (int index = 0; index < COUNT; index++) {
		blocks[index] = os_malloc(sizes[index]);
		fences[index] = os_malloc(8);
	}
	for (int index = 0; index < COUNT; index++)
		os_free(blocks[index]);

	EXPECT(os_malloc(112) == blocks[1]);
	EXPECT(os_malloc(112) == blocks[3]);
	EXPECT(os_malloc(112) == blocks[2]);
	EXPECT(os_malloc(112) == blocks[0]);

	for (int index = 0; index < COUNT; index++) {
		os_free(blocks[index]);
		os_free(fences[index]);
	}
	return 0;
}
