/* Calls in the midst of other calls, as signal handlers make them. */
#define _GNU_SOURCE
#include "osmem.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

static pthread_t allocating;
static atomic_int is_over;
static volatile sig_atomic_t refused;

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
		pthread_kill(allocating, SIGUSR1);
		usleep(100);
	}
	return NULL;
}

/* Allocates and frees, interrupted by a handler that does so as well, until that was
 * refused so many times or a number of seconds are over. Returns how many. */
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
