/*
 * os_free() of a heap block makes no system call, not even of the last one. So the
 * memory of the first round serves the second: at its first search all of it has
 * become one block, from which the same blocks are cut.
 */
#include "expect.h"

#define COUNT 8

int main(void)
{
	void *blocks[COUNT];

	for (int index = 0; index < COUNT; index++)
		blocks[index] = os_malloc(40000);
	for (int index = COUNT - 1; index >= 0; index--)
		os_free(blocks[index]);

	for (int index = 0; index < COUNT; index++)
		EXPECT(os_malloc(40000) == blocks[index]);
	for (int index = 0; index < COUNT; index++)
		os_free(blocks[index]);
	return 0;
}
