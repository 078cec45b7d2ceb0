/*
 * A heap block whose new size reaches the threshold becomes a mapping, even if the
 * block would suffice. Its place on the heap is free then.
 *
 *     131032 bytes were asked for, and the block was used whole: it has 131040
 *     131040 + 32 = 128 KiB: a mapping
 */
#include "expect.h"

int main(void)
{
	char *block = os_malloc(131032);

	EXPECT(header_of(block)->size == 131040);
	block[131031] = 'x';

	char *mapping = os_realloc(block, 131040);

	EXPECT(header_of(mapping)->status == STATUS_MAPPED);
	EXPECT(mapping[131031] == 'x');
	EXPECT(header_of(block)->status == STATUS_FREE);
	EXPECT(os_malloc(1000) == block);

	os_free(block);
	os_free(mapping);
	return 0;
}
