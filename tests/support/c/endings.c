/* Memory that is freed when nothing else is left to do, as the functions of atexit(3),
 * the destructors of a library and those of a thread's own data do. */
#include "osmem.h"

#include <pthread.h>
#include <stdlib.h>

static void *kept_until_exit;
static void *kept_until_unload;
static pthread_key_t kept_until_thread_end;

static __attribute__((constructor)) void load(void)
{
	pthread_key_create(&kept_until_thread_end, os_free);
}

static __attribute__((destructor)) void unload(void)
{
	os_free(kept_until_unload);
}

static void at_exit(void)
{
	os_free(kept_until_exit);
}

/* Keeps blocks for as long as it can. Returns whether it got them. */
int keep_blocks(void)
{
	void *block = os_malloc(100);

	kept_until_exit = os_malloc(101);
	kept_until_unload = os_malloc(102);
	atexit(at_exit);
	pthread_setspecific(kept_until_thread_end, block);
	return block != NULL && kept_until_exit != NULL && kept_until_unload != NULL;
}

/* Ends the process from C. */
void end_process(int status)
{
	exit(status);
}
