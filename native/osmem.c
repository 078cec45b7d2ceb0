#define _GNU_SOURCE
#include "osmem.h"

#include "bindings.h"
#include "exit.h"
#include "hook.h"
#include "place.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>

/* The heap of each place. Only the thread that has the place reads or writes it. */
static struct {
	osmem_answer *answers[OSMEM_FUNCTIONS];
	uintptr_t arguments[2];
	int hears_of_null;
} heaps[BINDING_PLACES];

static atomic_int served = NO_PLACE;

static const char *const NAMES[OSMEM_FUNCTIONS] = {
	"malloc", "calloc", "realloc", "free", "usableSize",
};

static const char UNSERVED[] =
	"no heap is bound; run the program with osmem exec, or call heap.bindToC({ os: true }) first";

/* A call from C. */
struct call {
	const char *prefix; /* of the function's name: "os_" or "" */
	enum osmem_function function;
	uintptr_t first, second;
};

static void refuse(const struct call *call, const char *reason)
{
	char text[128];
	int has_size = call->function == OSMEM_CALLOC || call->function == OSMEM_REALLOC;
	int is_size = call->function == OSMEM_MALLOC || call->function == OSMEM_CALLOC;
	int length = snprintf(text, sizeof(text), is_size ? "%s%s(%zu" : "%s%s(0x%zx",
			      call->prefix, NAMES[call->function], (size_t)call->first);

	if (has_size)
		length += snprintf(text + length, sizeof(text) - (size_t)length, ", %zu",
				   (size_t)call->second);
	snprintf(text + length, sizeof(text) - (size_t)length, ")");
	osmem_report(text, reason);
}

/* Calls TypeScript. Sizes become signed: see osmem_answer. */
static double ask(int place, const struct call *call)
{
	heaps[place].arguments[0] = call->first;
	heaps[place].arguments[1] = call->second;
	return heaps[place].answers[call->function]((double)(intptr_t)call->first,
						    (double)(intptr_t)call->second);
}

/* Not inlined, so that all functions share one copy. */
static __attribute__((noinline)) double answer(int place, struct call call)
{
	int is_served = place != NO_PLACE || call.prefix[0] == '\0';
	const char *reason = is_served ? osmem_enter(place) : UNSERVED;

	if (reason != NULL) {
		refuse(&call, reason);
		return -ENOMEM;
	}

	/* The runtime changes errno. */
	int before = errno;
	double answered = ask(place, &call);

	errno = before;
	osmem_leave(place);
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

/* Freeing NULL is never wrong. It is not reported if no heap answers, and it reaches
 * only heaps that asked for it. */
static void call_free(int place, const char *prefix, void *ptr)
{
	if (ptr != NULL || (osmem_is_answered(place) && heaps[place].hears_of_null))
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

/* The functions of a place, which differ only in the place. */
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

/* C++ registers the destructors of thread-local objects with this function. They run
 * when the thread ends or calls exit(), before the destructors of pthread_key_create(3)
 * and the functions of atexit(3), which may free memory when JavaScript is gone. */
extern int __cxa_thread_atexit_impl(void (*destroy)(void *), void *object, void *library);
extern void *__dso_handle;

/* Unbinds the heaps of a thread that ends. If C called exit() while TypeScript waits for
 * that call, JavaScript is still there to answer. */
static void unbind_all(void *unused)
{
	(void)unused;
	if (osmem_is_exit_awaited())
		return;
	for (int place = 0; place < BINDING_PLACES; place++)
		if (osmem_has_place(place))
			osmem_unbind(place);
}

static void watch_this_thread(void)
{
	static _Thread_local int is_watched;

	if (!is_watched)
		is_watched = __cxa_thread_atexit_impl(unbind_all, NULL, &__dso_handle) == 0;
}

int32_t osmem_bind(osmem_answer *malloc, osmem_answer *calloc, osmem_answer *realloc,
		   osmem_answer *free, osmem_answer *usable_size, double stack_limit)
{
	int32_t place = osmem_take_place(stack_limit);

	if (place == NO_PLACE)
		return NO_PLACE;

	watch_this_thread();

	heaps[place].hears_of_null = 0;

	osmem_answer **answers = heaps[place].answers;

	answers[OSMEM_MALLOC] = malloc;
	answers[OSMEM_CALLOC] = calloc;
	answers[OSMEM_REALLOC] = realloc;
	answers[OSMEM_FREE] = free;
	answers[OSMEM_USABLE_SIZE] = usable_size;
	return place;
}

void osmem_hear_of_null(int32_t place)
{
	heaps[place].hears_of_null = 1;
}

void osmem_unbind(int32_t place)
{
	int expected = place;

	atomic_compare_exchange_strong(&served, &expected, NO_PLACE);
	osmem_give_back_hooks(place);
	osmem_give_back_place(place);
}

void *osmem_function(int32_t place, uint32_t function)
{
	return functions[place][function];
}

void osmem_serve(int32_t place)
{
	atomic_store(&served, place);
}

uint64_t osmem_argument(int32_t place, uint32_t index)
{
	return heaps[place].arguments[index];
}
