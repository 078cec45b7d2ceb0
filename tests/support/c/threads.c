/* Calls of the os_* functions from a thread that C made. */
#include "refused_calls.h"

#include <pthread.h>

static void *call_all(void *block)
{
	return (void *)(long)refused_calls(block);
}

/* Makes the calls in a thread of its own, and waits for that. Returns what it found. */
int refused_in_thread(void *block)
{
	pthread_t thread;
	void *refused = NULL;

	if (pthread_create(&thread, NULL, call_all, block) != 0)
		return -1;
	pthread_join(thread, &refused);
	return (int)(long)refused;
}

/* A function, its argument, and then what it answers. */
struct call {
	size_t (*function)(size_t);
	size_t value;
};

static void *make(void *given)
{
	struct call *call = given;

	call->value = call->function(call->value);
	return NULL;
}

/* Calls a function in a thread of its own, waits for that, and returns the answer. */
size_t call_in_thread(size_t (*function)(size_t), size_t argument)
{
	pthread_t thread;
	struct call call = {function, argument};

	if (pthread_create(&thread, NULL, make, &call) != 0)
		return (size_t)-1;
	pthread_join(thread, NULL);
	return call.value;
}
