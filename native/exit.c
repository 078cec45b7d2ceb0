#define _DEFAULT_SOURCE
#include "exit.h"

#include "place.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* Only the thread that set the action sees it. */
static _Thread_local struct {
	osmem_exit_action *action;
	uintptr_t stack_limit;
} last;

/* The number of threads that have an action. */
static atomic_int threads;

static pthread_once_t once = PTHREAD_ONCE_INIT;
static int is_registered;
static pthread_key_t ending; /* its destructor runs when a thread with an action ends */
static pid_t process; /* the process that registered act(), not one forked off from it */

static void report(int status, const char *where)
{
	dprintf(STDERR_FILENO, "osmem: exit(%d) was called %s; so there is no report\n", status,
		where);
}

static void act(int status, void *unused)
{
	(void)unused;
	if (getpid() != process || atomic_load(&threads) == 0)
		return;

	if (last.action == NULL)
		report(status, "by another thread than the one that runs main");
	else if (osmem_is_in_call())
		report(status, "during a call");
	else if ((uintptr_t)__builtin_frame_address(0) < last.stack_limit)
		report(status, "too deep in the stack for JavaScript");
	else
		last.action(status);
}

/* pthread_exit() in main unwinds the stack of JavaScript, which cannot run any more; the
 * other threads of Deno would wait for it for ever. */
static void end_process(void *unused)
{
	static const char reason[] =
		"osmem: pthread_exit() was called by the thread that runs main; the process "
		"ends, and there is no report; return from main or call exit()\n";

	(void)unused;
	if (last.action == NULL || getpid() != process)
		return;
	fflush(NULL);
	ssize_t written = write(STDERR_FILENO, reason, sizeof(reason) - 1);

	(void)written; /* A failed write cannot be reported anywhere else. */
	_exit(EXIT_FAILURE);
}

static void register_act(void)
{
	process = getpid();
	is_registered = pthread_key_create(&ending, end_process) == 0 &&
			on_exit(act, NULL) == 0;
}

int32_t osmem_at_exit(osmem_exit_action *action, double stack_limit)
{
	pthread_once(&once, register_act);
	if (!is_registered || pthread_setspecific(ending, &last) != 0)
		return -ENOMEM;

	atomic_fetch_add(&threads, (action != NULL) - (last.action != NULL));
	last.action = action;
	last.stack_limit = (uintptr_t)stack_limit;
	return 0;
}

int32_t osmem_is_exit_awaited(void)
{
	return last.action != NULL;
}
