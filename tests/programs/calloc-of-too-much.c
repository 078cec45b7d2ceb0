/*
 * A product that does not fit a size_t is refused: os_calloc() gives NULL, and errno
 * is ENOMEM. Multiplied carelessly, these two factors are 1:
 *
 *     274177 * 67280421310721 = 2 to the 64th, plus 1
 */
#include "expect.h"

#include <errno.h>

int main(void)
{
	const size_t nmemb = 274177, size = 67280421310721;

	EXPECT(nmemb * size == 1);
	errno = 0;
	EXPECT(os_calloc(nmemb, size) == NULL);
	EXPECT(errno == ENOMEM);

	void *block = os_calloc(1, 1); /* The allocator goes on. */

	EXPECT(block != NULL);
	os_free(block);
	return 0;
}
