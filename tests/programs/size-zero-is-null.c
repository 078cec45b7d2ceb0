/*
 * Size 0 gives NULL. That is no failure: errno stays as it is. Nor does it need
 * memory: the program break is raised by the first call that asks for a byte.
 */
#include "expect.h"

#include <errno.h>

int main(void)
{
	errno = 0;
	EXPECT(os_malloc(0) == NULL);
	EXPECT(os_calloc(0, 8) == NULL);
	EXPECT(os_calloc(8, 0) == NULL);
	EXPECT(os_realloc(NULL, 0) == NULL);
	EXPECT(errno == 0);

	void *byte = os_malloc(1);

	EXPECT(byte != NULL);
	os_free(byte);
	return 0;
}
