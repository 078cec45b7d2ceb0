/*
 * A pointer that is not the start of a payload is wrong, though it lies in a block.
 * osmem says so on standard error and changes nothing; os_realloc() gives NULL, with
 * errno ENOMEM.
 */
#include "expect.h"

#include <errno.h>
#include <string.h>

int main(void)
{
	char *block = os_malloc(100);

	strcpy(block, "still here");
	os_free(block + 8);
	os_free(block + 1);
	EXPECT(header_of(block)->status == STATUS_ALLOC);

	errno = 0;
	EXPECT(os_realloc(block + 8, 50) == NULL);
	EXPECT(errno == ENOMEM);
	EXPECT(header_of(block)->size == 104);
	EXPECT(strcmp(block, "still here") == 0);

	os_free(block);
	EXPECT(header_of(block)->status == STATUS_FREE);
	return 0;
}
