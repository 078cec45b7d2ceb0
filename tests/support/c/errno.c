/* What a call leaves in errno, which is 77 before it. */
#include "osmem.h"

#include <errno.h>

#define BEFORE 77

static int left;

/* errno after the last call below. */
int errno_left(void)
{
	return left;
}

void *errno_malloc(void *(*function)(size_t), size_t size)
{
	errno = BEFORE;
	void *answer = function(size);

	left = errno;
	return answer;
}

void *errno_calloc(void *(*function)(size_t, size_t), size_t nmemb, size_t size)
{
	errno = BEFORE;
	void *answer = function(nmemb, size);

	left = errno;
	return answer;
}

void *errno_realloc(void *(*function)(void *, size_t), void *ptr, size_t size)
{
	errno = BEFORE;
	void *answer = function(ptr, size);

	left = errno;
	return answer;
}

void errno_free(void (*function)(void *), void *ptr)
{
	errno = BEFORE;
	function(ptr);
	left = errno;
}

size_t errno_usable_size(size_t (*function)(void *), void *ptr)
{
	errno = BEFORE;
	size_t answer = function(ptr);

	left = errno;
	return answer;
}

/* The functions of osmem.h, to be given to those above. */
void *os_malloc_function(void)
{
	return (void *)os_malloc;
}

void *os_calloc_function(void)
{
	return (void *)os_calloc;
}

void *os_realloc_function(void)
{
	return (void *)os_realloc;
}

void *os_free_function(void)
{
	return (void *)os_free;
}
