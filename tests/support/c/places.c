/* Two threads that bind and unbind at the same time, where just two places are left. */
#include "bindings.h"

#include <pthread.h>

#define THREADS 2
#define TURNS 200000
#define HELD (BINDING_PLACES - THREADS)

static double answer_nothing(double first, double second)
{
	return first + second;
}

static int32_t bind(void)
{
	return osmem_bind(answer_nothing, answer_nothing, answer_nothing, answer_nothing,
			  answer_nothing, 0);
}

/* How often there was no place. */
static void *take_turns(void *unused)
{
	long refused = 0;

	(void)unused;
	for (int turn = 0; turn < TURNS; turn++) {
		int32_t place = bind();

		if (place < 0)
			refused++;
		else
			osmem_unbind(place);
	}
	return (void *)refused;
}

/* How often one of the threads found no place, or -1. */
int refused_of_two_threads(void)
{
	int32_t held[HELD];
	pthread_t threads[THREADS];
	long refused = 0;

	for (int place = 0; place < HELD; place++)
		if ((held[place] = bind()) < 0)
			return -1;
	for (int thread = 0; thread < THREADS; thread++)
		if (pthread_create(&threads[thread], NULL, take_turns, NULL) != 0)
			return -1;
	for (int thread = 0; thread < THREADS; thread++) {
		void *result;

		pthread_join(threads[thread], &result);
		refused += (long)result;
	}
	for (int place = 0; place < HELD; place++)
		osmem_unbind(held[place]);
	return (int)refused;
}
