#include "owners.h"

#include "thread.h"

#include <pthread.h>

/* An entry is unused if its owner is NO_THREAD. */
struct owned_range {
	uintptr_t start;
	uintptr_t end;
	thread_number owner;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct owned_range ranges[OWNED_RANGES];

/* Entries from here on were never used. */
static int used;

static struct owned_range *unused_range(void)
{
	for (int index = 0; index < used; index++)
		if (ranges[index].owner == NO_THREAD)
			return &ranges[index];
	return used < OWNED_RANGES ? &ranges[used++] : NULL;
}

static struct owned_range *add(uintptr_t start, uintptr_t length)
{
	struct owned_range *range = unused_range();

	if (range != NULL)
		*range = (struct owned_range){ start, start + length, osmem_this_thread() };
	return range;
}

void osmem_own(uintptr_t start, uintptr_t length)
{
	pthread_mutex_lock(&lock);
	add(start, length);
	pthread_mutex_unlock(&lock);
}

uintptr_t osmem_disown(uintptr_t start)
{
	thread_number here = osmem_this_thread();
	uintptr_t owned = 0;

	pthread_mutex_lock(&lock);
	for (int index = 0; index < used; index++)
		if (ranges[index].owner == here && ranges[index].start == start) {
			ranges[index].owner = NO_THREAD;
			owned = ranges[index].end - start;
		}
	pthread_mutex_unlock(&lock);
	return owned;
}

/* Ends every range that reaches into this part of the break where the part starts. Other
 * threads have such ranges if the C library has lowered the break. */
static void shorten_ranges(uintptr_t start, uintptr_t length)
{
	for (int index = 0; index < used; index++) {
		struct owned_range *range = &ranges[index];

		if (range->end <= start || range->start >= start + length)
			continue;
		range->end = start;
		if (range->start > start)
			range->start = start;
	}
}

void osmem_own_break(uintptr_t start, uintptr_t length)
{
	static _Thread_local struct owned_range *latest;

	pthread_mutex_lock(&lock);
	shorten_ranges(start, length);
	if (latest != NULL && latest->end == start)
		latest->end += length;
	else
		latest = add(start, length);
	pthread_mutex_unlock(&lock);
}

void osmem_disown_break(uintptr_t start, uintptr_t length)
{
	pthread_mutex_lock(&lock);
	shorten_ranges(start, length);
	pthread_mutex_unlock(&lock);
}

uint32_t osmem_is_of_another(double address)
{
	/* Converting NaN, or what is outside the range of the type, is undefined behaviour. */
	if (!(address >= 0 && address < 0x1p64))
		return 0;

	uintptr_t place = (uintptr_t)address;
	thread_number here = osmem_this_thread();
	uint32_t is_of_another = 0;

	pthread_mutex_lock(&lock);
	for (int index = 0; index < used && !is_of_another; index++) {
		const struct owned_range *range = &ranges[index];

		is_of_another = range->owner != NO_THREAD && range->owner != here &&
				range->start <= place && place < range->end;
	}
	pthread_mutex_unlock(&lock);
	return is_of_another;
}
