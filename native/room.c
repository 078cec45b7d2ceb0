#define _DEFAULT_SOURCE
#include "room.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

/* The runtime's part of the mappings is one of this many. */
#define PARTS 8

/* The kernel is asked again only if this many mappings were made or given back, and at
 * least this part of those that it counted, or if its count is older than this. Otherwise
 * a program at the limit would wait for the kernel each time. */
#define FEW_CALLS 1024
#define FEW_PARTS 64
#define LONGEST_TRUSTED 250000000 /* nanoseconds */

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static long limit; /* 0 before it was read */
static long counted;
static int64_t counted_at; /* nanoseconds */
static long rise;  /* the most that the count can have risen by since */
static long calls; /* mappings made and given back since */

static long read_limit(void)
{
	char digits[24] = "";
	int file = open("/proc/sys/vm/max_map_count", O_RDONLY | O_CLOEXEC);

	if (file < 0)
		return LONG_MAX;
	ssize_t length = read(file, digits, sizeof(digits) - 1);

	close(file);
	return length > 0 ? strtol(digits, NULL, 10) : LONG_MAX;
}

/* Counts the lines of /proc/self/maps, one for each mapping. */
static long count_mappings(void)
{
	static char lines[1 << 16];
	long count = 0;
	ssize_t length;
	int file = open("/proc/self/maps", O_RDONLY | O_CLOEXEC);

	if (file < 0)
		return 0;
	while ((length = read(file, lines, sizeof(lines))) > 0)
		for (ssize_t index = 0; index < length; index++)
			count += lines[index] == '\n';
	close(file);
	return count;
}

static int64_t now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

static void count_again(void)
{
	limit = read_limit();
	counted = count_mappings();
	counted_at = now();
	rise = calls = 0;
}

static int is_count_old(void)
{
	return (calls >= FEW_CALLS && calls >= counted / FEW_PARTS) ||
	       now() - counted_at >= LONGEST_TRUSTED;
}

static int has_more_than(long parts)
{
	return counted + rise < limit - limit / parts;
}

/* Whether one more mapping leaves at least one of this many parts of the limit. If so, it
 * is counted. */
static int make_room(long parts)
{
	if (limit == 0 && calls < FEW_CALLS) { /* a program that makes few mappings */
		calls++;
		return 1;
	}
	if (limit == 0 || (!has_more_than(parts) && is_count_old()))
		count_again();
	if (!has_more_than(parts))
		return 0;
	rise++;
	calls++;
	return 1;
}

int osmem_has_room(void)
{
	pthread_mutex_lock(&lock);
	int has_room = make_room(PARTS);

	pthread_mutex_unlock(&lock);
	return has_room;
}

static int is_mapped(uintptr_t page)
{
	unsigned char is_resident;

	return mincore((void *)page, 1, &is_resident) == 0 || errno != ENOMEM;
}

int osmem_has_room_without(uintptr_t start, uintptr_t length)
{
	uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
	uintptr_t end = (start + length + page - 1) / page * page;

	pthread_mutex_lock(&lock);
	int has_room = make_room(2 * PARTS);

	if (!has_room && (!is_mapped(start - page) || !is_mapped(end))) {
		has_room = 1;
		calls++;
	}
	pthread_mutex_unlock(&lock);
	return has_room;
}
