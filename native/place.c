#define _GNU_SOURCE
#include "place.h"

#include "thread.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

static struct place {
	/* The thread whose calls are answered; NO_THREAD if the place is not taken.
	 * Only that thread reads or writes the members below. */
	_Atomic thread_number owner;
	uintptr_t stack_limit;
	volatile sig_atomic_t is_answering;
	atomic_uint refused[OSMEM_REFUSALS];
} places[BINDING_PLACES];

static const char *const REFUSALS[OSMEM_REFUSALS] = {
	[OSMEM_UNBOUND] = "its heap is no longer bound; keep the bindings for as long as C calls",
	[OSMEM_FORKED] =
		"this process was forked off, and JavaScript was not; call exec(3) in it first",
	[OSMEM_OTHER_THREAD] =
		"the heap belongs to another thread; call it from the one that bound it",
	[OSMEM_NESTED] =
		"it was made during another call; make none in signal handlers, nor in code that "
		"answers a call",
	[OSMEM_DEEP_STACK] = "the stack is too deep for JavaScript to answer; nest fewer calls, "
			     "or run deno with --v8-flags=--stack-size=7000",
};

/* Whether this is the process that JavaScript runs in, and not one that was forked off. A
 * child inherits its thread's number and the places. The kernel empties this page in every
 * child that has memory of its own, also in one made without the C library's fork(), which
 * alone knows of pthread_atfork(3). A kernel before 4.14 does not; then the variable
 * stands in for the page. A child that shares the memory, as after vfork(2), is not seen. */
static volatile sig_atomic_t is_original = 1;
static volatile sig_atomic_t *original = &is_original;

static void mark_as_forked(void)
{
	*original = 0;
}

static void watch_forks(void)
{
	size_t size = (size_t)sysconf(_SC_PAGESIZE);
	void *page = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	pthread_atfork(NULL, NULL, mark_as_forked);
	if (page == MAP_FAILED)
		return;
	if (madvise(page, size, MADV_WIPEONFORK) != 0) {
		munmap(page, size);
		return;
	}
	*(volatile sig_atomic_t *)page = 1;
	original = page;
}

/* Without a lock, a thread could find each place taken while another looks at it. */
static pthread_mutex_t take_lock = PTHREAD_MUTEX_INITIALIZER;

/* Places are taken in turn, so that one that was given back stays empty for as long as
 * possible: C that still calls its functions is refused until then. */
static int32_t take_next(void)
{
	static int32_t next;
	int32_t taken = NO_PLACE;

	pthread_mutex_lock(&take_lock);
	for (int32_t tried = 0; tried < BINDING_PLACES && taken == NO_PLACE; tried++) {
		int32_t place = (next + tried) % BINDING_PLACES;

		if (atomic_load(&places[place].owner) == NO_THREAD)
			taken = place;
	}
	if (taken != NO_PLACE) {
		atomic_store(&places[taken].owner, osmem_this_thread());
		next = (taken + 1) % BINDING_PLACES;
	}
	pthread_mutex_unlock(&take_lock);
	return taken;
}

int32_t osmem_take_place(double stack_limit)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	int32_t taken = take_next();

	if (taken == NO_PLACE)
		return NO_PLACE;

	pthread_once(&once, watch_forks);
	places[taken].stack_limit = (uintptr_t)stack_limit;
	places[taken].is_answering = 0;
	for (int reason = 0; reason < OSMEM_REFUSALS; reason++)
		atomic_store(&places[taken].refused[reason], 0);
	return taken;
}

void osmem_give_back_place(int32_t place)
{
	atomic_store(&places[place].owner, NO_THREAD);
}

int32_t osmem_has_place(int32_t place)
{
	return atomic_load(&places[place].owner) == osmem_this_thread();
}

/* The number of calls that this thread is answering. */
static _Thread_local volatile sig_atomic_t calls;

/* Why a call of a place is refused; OSMEM_REFUSALS if it is not. */
static enum osmem_refusal refusal_of(int32_t place)
{
	thread_number owner =
		place == NO_PLACE ? NO_THREAD : atomic_load(&places[place].owner);

	if (owner == NO_THREAD)
		return OSMEM_UNBOUND;
	if (!*original)
		return OSMEM_FORKED;
	if (owner != osmem_this_thread())
		return OSMEM_OTHER_THREAD;
	if (places[place].is_answering)
		return OSMEM_NESTED;
	if ((uintptr_t)__builtin_frame_address(0) < places[place].stack_limit)
		return OSMEM_DEEP_STACK;
	return OSMEM_REFUSALS;
}

int32_t osmem_is_answered(int32_t place)
{
	return refusal_of(place) == OSMEM_REFUSALS;
}

const char *osmem_enter(int32_t place)
{
	return osmem_enter_hook(place, &places[place].is_answering);
}

void osmem_leave(int32_t place)
{
	osmem_leave_hook(&places[place].is_answering);
}

const char *osmem_enter_hook(int32_t place, volatile sig_atomic_t *is_answering)
{
	enum osmem_refusal reason = refusal_of(place);

	if (reason == OSMEM_REFUSALS && *is_answering)
		reason = OSMEM_NESTED;
	if (reason == OSMEM_REFUSALS) {
		*is_answering = 1;
		calls++;
		return NULL;
	}
	if (place != NO_PLACE)
		atomic_fetch_add(&places[place].refused[reason], 1);
	return REFUSALS[reason];
}

void osmem_leave_hook(volatile sig_atomic_t *is_answering)
{
	calls--;
	*is_answering = 0;
}

int32_t osmem_is_in_call(void)
{
	return calls > 0;
}

uint32_t osmem_refused(int32_t place, uint32_t reason)
{
	return atomic_load(&places[place].refused[reason]);
}

/* One write of one line, without the C library's malloc. */
void osmem_report(const char *call, const char *reason)
{
	char line[320];
	int before = errno;
	int length = snprintf(line, sizeof(line), "osmem: %s refused: %s\n", call, reason);
	ssize_t written = write(STDERR_FILENO, line, (size_t)length);

	(void)written; /* A failed write cannot be reported anywhere else. */
	errno = before;
}

double osmem_stack_position(void)
{
	return (double)(uintptr_t)__builtin_frame_address(0);
}

double osmem_stack_end(void)
{
	pthread_attr_t attributes;
	void *end;
	size_t size;

	if (pthread_getattr_np(pthread_self(), &attributes) != 0)
		return 0;
	int error = pthread_attr_getstack(&attributes, &end, &size);

	pthread_attr_destroy(&attributes);
	return error == 0 ? (double)(uintptr_t)end : 0;
}
