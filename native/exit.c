#define _DEFAULT_SOURCE
#include "exit.h"

#include <errno.h>
#include <pthread.h>
#include <stddef.h>
#include <stdlib.h>

/* Only the thread that asked for it sees its action. */
static _Thread_local osmem_exit_action *last_action;

static void act(int status, void *unused)
{
	(void)unused;
	if (last_action != NULL)
		last_action(status);
}

static pthread_once_t once = PTHREAD_ONCE_INIT;
static int is_registered;

static void register_act(void)
{
	is_registered = on_exit(act, NULL) == 0;
}

int32_t osmem_at_exit(osmem_exit_action *action)
{
	pthread_once(&once, register_act);
	if (!is_registered)
		return -ENOMEM;

	last_action = action;
	return 0;
}

int32_t osmem_is_exit_awaited(void)
{
	return last_action != NULL;
}
