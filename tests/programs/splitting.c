/*
 * A block that is too large is cut, if what is left can be a block itself: a header
 * and at least 8 bytes, 40 in all.
 *
 *     a free block     |h|      200, free       |
 *     os_malloc(160)   |h|   160    |h| 8, free |
 *     os_malloc(168)   |h|         200          |      32 bytes over: used whole
 */
#include "expect.h"

int main(void)
{
	void *cut = os_malloc(200);
	void *fence = os_malloc(8);

	os_free(cut);
	EXPECT(os_malloc(160) == cut);
	EXPECT(header_of(cut)->size == 160);
	EXPECT(header_of(cut)->next->size == 8);
	EXPECT(header_of(cut)->next->status == STATUS_FREE);
	EXPECT(header_of(cut)->next->next == header_of(fence));

	void *whole = os_malloc(200);
	void *end = os_malloc(16);

	os_free(whole);
	EXPECT(os_malloc(168) == whole);
	EXPECT(header_of(whole)->size == 200);
	EXPECT(header_of(whole)->next == header_of(end));

	os_free(cut);
	os_free(fence);
	os_free(whole);
	os_free(end);
	return 0;
}
