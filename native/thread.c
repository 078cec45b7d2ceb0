#include "thread.h"

#include <stdatomic.h>

static atomic_ulong threads = NO_THREAD;
static _Thread_local thread_number this_thread = NO_THREAD;

thread_number osmem_this_thread(void)
{
	if (this_thread == NO_THREAD)
		this_thread = atomic_fetch_add(&threads, 1) + 1;
	return this_thread;
}
