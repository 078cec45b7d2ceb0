/* Calls in the midst of other calls, as signal handlers make them. */
#define _GNU_SOURCE
#include "osmem.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

static pthread_t allocating;
static atomic_int is_over;
static volatile sig_atomic_t refused;

/* Whether the thread that allocates may be interrupted: only in the midst of an answer.
 * A call that a handler makes between two answers is answered, and ends the process with
 * SIGSEGV where the processor has protection keys: Linux forbids a handler to read memory
 * with a key, and V8 has tables of functions in such memory. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int may_interrupt;

void allow_interruptions(void)
{
	pthread_mutex_lock(&lock);
	may_interrupt = 1;
	pthread_mutex_unlock(&lock);
}

/* On return no signal is on its way: one that was sent is handled with a system call. */
void forbid_interruptions(void)
{
	pthread_mutex_lock(&lock);
	may_interrupt = 0;
	pthread_mutex_unlock(&lock);
	sched_yield();
}

static void handle(int signal)
{
	(void)signal;
	void *block = os_malloc(40);

	if (block == NULL)
		refused++;
	os_free(block);
}

/* Interrupts the thread that allocates, over and over. */
static void *interrupt(void *unused)
{
	(void)unused;
	while (!atomic_load(&is_over)) {
		pthread_mutex_lock(&lock);
		if (may_interrupt)
			pthread_kill(allocating, SIGUSR1);
		pthread_mutex_unlock(&lock);
		usleep(100);
	}
	return NULL;
}

/* Allocates and frees, interrupted by a handler that does so as well where that is allowed,
 * until that was refused so many times or a number of seconds are over. Returns how many. */
int allocate_interrupted(int wanted, int seconds)
{
	pthread_t interrupting;
	time_t end = time(NULL) + seconds;
	struct sigaction action = {.sa_handler = handle}, before;

	allocating = pthread_self();
	sigaction(SIGUSR1, &action, &before);
	if (pthread_create(&interrupting, NULL, interrupt, NULL) != 0)
		return -1;
	while (refused < wanted && time(NULL) < end)
		os_free(os_malloc(200000));
	atomic_store(&is_over, 1);
	pthread_join(interrupting, NULL);
	sigaction(SIGUSR1, &before, NULL);
	return refused;
}

/* Ends the process, as a handler may do in the midst of a call. */
void end_process(int status)
{
	exit(status);
}
