/* Makes each call of the os_* functions where it is to be refused. */
#ifndef REFUSED_CALLS_H
#define REFUSED_CALLS_H

#include "osmem.h"

#include <errno.h>

/* Bit by bit, from the lowest, whether each was refused in the way that it should;
 * all four are 15. */
static inline int refused_calls(void *block)
{
	int refused = 0;

	errno = 0;
	refused |= (os_malloc(100) == NULL && errno == ENOMEM) << 0;
	errno = 0;
	refused |= (os_calloc(1, 100) == NULL && errno == ENOMEM) << 1;
	errno = 0;
	refused |= (os_realloc(block, 200) == NULL && errno == ENOMEM) << 2;
	errno = 77;
	os_free(block);
	os_free(NULL);
	refused |= (errno == 77) << 3;
	return refused;
}

#endif
