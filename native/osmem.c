#define _GNU_SOURCE
#include "osmem.h"

#include "bindings.h"
#include "exit.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <unistd.h>

/* Threads are told apart by a number that no other one ever gets: pthread_self()
 * of a thread that ended is given to the next. */
typedef unsigned long thread_number;

#define NO_THREAD 0ul

static atomic_ulong threads = NO_THREAD;
static _Thread_local thread_number this_thread = NO_THREAD;

static thread_number number_of_this_thread(void)
{
	if (this_thread == NO_THREAD)
		this_thread = atomic_fetch_add(&threads, 1) + 1;
	return this_thread;
}

static struct place {
	/* Whose calls are answered; NO_THREAD if the place is not taken. Only that
	 * thread reads or writes what stands below. */
	_Atomic thread_number owner;
	osmem_answer *answers[OSMEM_FUNCTIONS];
	uintptr_t stack_limit;
	atomic_uint refused[OSMEM_REFUSALS];
} places[BINDING_PLACES];

#define NO_PLACE (-1)

static atomic_int served = NO_PLACE;

static const char *const NAMES[OSMEM_FUNCTIONS] = {
	"malloc", "calloc", "realloc", "free", "usableSize",
};

static const char *const REFUSALS[OSMEM_REFUSALS] = {
	"the heap belongs to another thread; call it from the one that bound it",
	"the stack is too deep for JavaScript to answer; nest fewer calls, or run deno "
	"with --v8-flags=--stack-size=7000",
};

static const char UNBOUND[] =
	"its heap is no longer bound; keep the bindings for as long as C calls";
static const char UNSERVED[] =
	"no heap is bound; run the program with osmem exec, or call heap.bindToC({ os: true }) first";

/* A call as it is made. */
struct call {
	const char *prefix; /* of the function's name: "os_" or "" */
	enum osmem_function function;
	uintptr_t first, second;
};

/* One write of one line, without the C library's malloc. It leaves errno alone:
 * free() does. */
static void report(const struct call *call, const char *reason)
{
	char line[256];
	int before = errno;
	int has_size = call->function == OSMEM_CALLOC || call->function == OSMEM_REALLOC;
	int is_size = call->function == OSMEM_MALLOC || call->function == OSMEM_CALLOC;
	int length = snprintf(line, sizeof(line), is_size ? "osmem: %s%s(%zu" : "osmem: %s%s(0x%zx",
			      call->prefix, NAMES[call->function], (size_t)call->first);

	if (has_size)
		length += snprintf(line + length, sizeof(line) - (size_t)length, ", %zu",
				   (size_t)call->second);
	length += snprintf(line + length, sizeof(line) - (size_t)length, ") refused: %s\n", reason);
	if (write(STDERR_FILENO, line, (size_t)length) < 0)
		errno = before; /* There is nowhere else to say it. */
}

static void refuse(int place, const struct call *call, enum osmem_refusal reason)
{
	atomic_fetch_add(&places[place].refused[reason], 1);
	report(call, REFUSALS[reason]);
}

/* Whether this thread has bound a heap there. */
static int is_bound_here(int place)
{
	return place != NO_PLACE && atomic_load(&places[place].owner) == number_of_this_thread();
}

/* Whether TypeScript can be asked; otherwise the call has been refused. */
static int can_answer(int place, const struct call *call)
{
	thread_number owner = place == NO_PLACE ? NO_THREAD : atomic_load(&places[place].owner);

	if (owner == NO_THREAD) {
		report(call, call->prefix[0] == '\0' ? UNBOUND : UNSERVED);
		return 0;
	}
	if (owner != number_of_this_thread()) {
		refuse(place, call, OSMEM_OTHER_THREAD);
		return 0;
	}
	if ((uintptr_t)__builtin_frame_address(0) < places[place].stack_limit) {
		refuse(place, call, OSMEM_DEEP_STACK);
		return 0;
	}
	return 1;
}

/* Sizes are signed here: see osmem_answer. One copy of it, not one for each function. */
static __attribute__((noinline)) double answer(int place, struct call call)
{
	if (!can_answer(place, &call))
		return -ENOMEM;

	/* The runtime changes errno as it likes. */
	int before = errno;
	double answered = places[place].answers[call.function]((double)(intptr_t)call.first,
							       (double)(intptr_t)call.second);

	errno = before;
	return answered;
}

static void *to_pointer(double answered)
{
	if (answered >= 0)
		return (void *)(uintptr_t)answered;
	errno = (int)-answered;
	return NULL;
}

static void *call_malloc(int place, const char *prefix, size_t size)
{
	return to_pointer(answer(place, (struct call){prefix, OSMEM_MALLOC, size, 0}));
}

static void *call_calloc(int place, const char *prefix, size_t nmemb, size_t size)
{
	return to_pointer(answer(place, (struct call){prefix, OSMEM_CALLOC, nmemb, size}));
}

static void *call_realloc(int place, const char *prefix, void *ptr, size_t size)
{
	return to_pointer(answer(place, (struct call){prefix, OSMEM_REALLOC, (uintptr_t)ptr, size}));
}

/* Freeing NULL is never wrong: nothing is said of it where nobody answers. TypeScript
 * is asked all the same, for it may trace every call. */
static void call_free(int place, const char *prefix, void *ptr)
{
	if (ptr != NULL || is_bound_here(place))
		answer(place, (struct call){prefix, OSMEM_FREE, (uintptr_t)ptr, 0});
}

static size_t call_usable_size(int place, void *ptr)
{
	if (ptr == NULL)
		return 0;

	double answered = answer(place, (struct call){"", OSMEM_USABLE_SIZE, (uintptr_t)ptr, 0});

	return answered > 0 ? (size_t)answered : 0;
}

void *os_malloc(size_t size)
{
	return call_malloc(served, "os_", size);
}

void *os_calloc(size_t nmemb, size_t size)
{
	return call_calloc(served, "os_", nmemb, size);
}

void *os_realloc(void *ptr, size_t size)
{
	return call_realloc(served, "os_", ptr, size);
}

void os_free(void *ptr)
{
	call_free(served, "os_", ptr);
}

/* The functions of a place: all alike, but for the place. */
#define DEFINE_FUNCTIONS(place)                                          \
	static void *malloc_##place(size_t size)                         \
	{                                                                \
		return call_malloc(place, "", size);                     \
	}                                                                \
	static void *calloc_##place(size_t nmemb, size_t size)           \
	{                                                                \
		return call_calloc(place, "", nmemb, size);              \
	}                                                                \
	static void *realloc_##place(void *ptr, size_t size)             \
	{                                                                \
		return call_realloc(place, "", ptr, size);               \
	}                                                                \
	static void free_##place(void *ptr)                              \
	{                                                                \
		call_free(place, "", ptr);                               \
	}                                                                \
	static size_t usable_size_##place(void *ptr)                     \
	{                                                                \
		return call_usable_size(place, ptr);                     \
	}

#define LIST_FUNCTIONS(place)                                            \
	{ (void *)malloc_##place, (void *)calloc_##place, (void *)realloc_##place, \
	  (void *)free_##place, (void *)usable_size_##place },

#define FOR_EACH_PLACE(do)                                               \
	do(0) do(1) do(2) do(3) do(4) do(5) do(6) do(7)                  \
	do(8) do(9) do(10) do(11) do(12) do(13) do(14) do(15)

FOR_EACH_PLACE(DEFINE_FUNCTIONS)

static void *const functions[BINDING_PLACES][OSMEM_FUNCTIONS] = {
	FOR_EACH_PLACE(LIST_FUNCTIONS)
};

/* What C++ registers the destructors of a thread's own objects with. They run when
 * the thread ends or calls exit(), before those of pthread_key_create(3) and the
 * functions of atexit(3): these may free memory when JavaScript is gone. */
extern int __cxa_thread_atexit_impl(void (*destroy)(void *), void *object, void *library);
extern void *__dso_handle;

/* A thread that ends without having unbound its heaps. Where exit() was called by C
 * while TypeScript waits for it, JavaScript is still there to answer. */
static void unbind_all(void *unused)
{
	(void)unused;
	if (osmem_is_exit_awaited())
		return;
	for (int place = 0; place < BINDING_PLACES; place++)
		if (atomic_load(&places[place].owner) == number_of_this_thread())
			osmem_unbind(place);
}

static void watch_this_thread(void)
{
	static _Thread_local int is_watched;

	if (!is_watched)
		is_watched = __cxa_thread_atexit_impl(unbind_all, NULL, &__dso_handle) == 0;
}

/* Without a lock, a thread could look at each place just when another has it. */
static pthread_mutex_t take_lock = PTHREAD_MUTEX_INITIALIZER;

/* Taken in turn, so that a place that was given back stays empty for a while: what
 * still calls its functions is refused, not answered by another heap. */
static int take_place(void)
{
	static int next;
	int taken = NO_PLACE;

	pthread_mutex_lock(&take_lock);
	for (int tried = 0; tried < BINDING_PLACES && taken == NO_PLACE; tried++) {
		int place = (next + tried) % BINDING_PLACES;

		if (atomic_load(&places[place].owner) == NO_THREAD)
			taken = place;
	}
	if (taken != NO_PLACE) {
		atomic_store(&places[taken].owner, number_of_this_thread());
		next = (taken + 1) % BINDING_PLACES;
	}
	pthread_mutex_unlock(&take_lock);
	return taken;
}

int32_t osmem_bind(osmem_answer *malloc, osmem_answer *calloc, osmem_answer *realloc,
		   osmem_answer *free, osmem_answer *usable_size, double stack_limit)
{
	int place = take_place();

	if (place == NO_PLACE)
		return NO_PLACE;

	watch_this_thread();

	struct place *taken = &places[place];

	taken->answers[OSMEM_MALLOC] = malloc;
	taken->answers[OSMEM_CALLOC] = calloc;
	taken->answers[OSMEM_REALLOC] = realloc;
	taken->answers[OSMEM_FREE] = free;
	taken->answers[OSMEM_USABLE_SIZE] = usable_size;
	taken->stack_limit = (uintptr_t)stack_limit;
	for (int reason = 0; reason < OSMEM_REFUSALS; reason++)
		atomic_store(&taken->refused[reason], 0);
	return place;
}

void osmem_unbind(int32_t place)
{
	int expected = place;

	atomic_compare_exchange_strong(&served, &expected, NO_PLACE);
	atomic_store(&places[place].owner, NO_THREAD);
}

void *osmem_function(int32_t place, uint32_t function)
{
	return functions[place][function];
}

void osmem_serve(int32_t place)
{
	atomic_store(&served, place);
}

int32_t osmem_served(void)
{
	return atomic_load(&served);
}

uint32_t osmem_refused(int32_t place, uint32_t reason)
{
	return atomic_load(&places[place].refused[reason]);
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
