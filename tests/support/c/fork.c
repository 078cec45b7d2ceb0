/* Calls in a process that was forked off. */
#include "refused_calls.h"

#include <sys/wait.h>
#include <unistd.h>

/* What refused_calls() finds, and above that, whether the hook was refused. */
static int call_all(void *block, size_t (*hook)(size_t))
{
	return refused_calls(block) | (hook(1) == 0) << 4;
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
