/* Calls in a process that was forked off. */
#include "osmem.h"

#include <errno.h>
#include <sys/wait.h>
#include <unistd.h>

/* Bit by bit, from the lowest, whether each was refused in the way that it should. */
static int call_all(void *block, size_t (*hook)(size_t))
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
	refused |= (hook(1) == 0) << 3;
	refused |= (errno == 77) << 4;
	return refused;
}

/* Makes all calls in a child, and waits for it. Returns what it found, or -1 if it did
 * not end by itself. */
int refused_in_child(void *block, size_t (*hook)(size_t))
{
	int status;
	pid_t child = fork();

	if (child == 0)
		_exit(call_all(block, hook));
	if (child < 0 || waitpid(child, &status, 0) != child || !WIFEXITED(status))
		return -1;
	return WEXITSTATUS(status);
}
