#define _GNU_SOURCE
#include "hook.h"

#include "place.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>
#include <string.h>

static struct hook {
	/* NO_PLACE if the hook is not in use. Only the thread that has the place
	 * reads or writes the members below. */
	atomic_int place;
	osmem_hook_body *body;	    /* or NULL if the body takes numbers */
	osmem_number_body *numbers; /* or NULL */
	int8_t unused[HOOK_ARGUMENTS];
	volatile sig_atomic_t is_answering;
} hooks[HOOK_PLACES];

/* What lies outside is NaN or no integer of 64 bits: to convert it is undefined in C. */
static const double TWO_TO_63 = 9223372036854775808.0;

static double to_number(uintptr_t argument, int8_t unused)
{
	if (unused > 0)
		return (double)(argument << unused >> unused);
	return (double)((intptr_t)(argument << -unused) >> -unused);
}

static uintptr_t to_integer(double answered)
{
	int is_possible = answered >= -TWO_TO_63 && answered < TWO_TO_63;

	return is_possible ? (uintptr_t)(intptr_t)answered : 0;
}

static uintptr_t call_body(const struct hook *hook, const uintptr_t arguments[])
{
	const int8_t *unused = hook->unused;

	if (hook->body != NULL)
		return hook->body(arguments[0], arguments[1], arguments[2], arguments[3],
				  arguments[4], arguments[5]);
	return to_integer(hook->numbers(
		to_number(arguments[0], unused[0]), to_number(arguments[1], unused[1]),
		to_number(arguments[2], unused[2]), to_number(arguments[3], unused[3]),
		to_number(arguments[4], unused[4]), to_number(arguments[5], unused[5])));
}

/* Not inlined, so that all hooks share one copy. It does not change errno. */
static __attribute__((noinline)) uintptr_t answer(struct hook *hook,
						  const uintptr_t arguments[])
{
	const char *reason = osmem_enter_hook(atomic_load(&hook->place), &hook->is_answering);

	if (reason != NULL) {
		osmem_report("hook", reason);
		return 0;
	}

	int before = errno;
	uintptr_t answered = call_body(hook, arguments);

	errno = before;
	osmem_leave_hook(&hook->is_answering);
	return answered;
}

/* The functions differ only in their hook. */
#define DEFINE_HOOK(number)                                                            \
	static uintptr_t hook_##number(uintptr_t first, uintptr_t second, uintptr_t third, \
				       uintptr_t fourth, uintptr_t fifth, uintptr_t sixth) \
	{                                                                              \
		return answer(&hooks[0##number], (uintptr_t[]){first, second, third, fourth,   \
							       fifth, sixth});                 \
	}

#define LIST_HOOK(number) hook_##number,

/* The numbers are octal: hook_10 follows hook_07. */
#define FOR_EIGHT(do, eights)                                                          \
	do(eights##0) do(eights##1) do(eights##2) do(eights##3)                        \
	do(eights##4) do(eights##5) do(eights##6) do(eights##7)

#define FOR_EACH_HOOK(do)                                                              \
	FOR_EIGHT(do, 0) FOR_EIGHT(do, 1) FOR_EIGHT(do, 2) FOR_EIGHT(do, 3)            \
	FOR_EIGHT(do, 4) FOR_EIGHT(do, 5) FOR_EIGHT(do, 6) FOR_EIGHT(do, 7)

FOR_EACH_HOOK(DEFINE_HOOK)

static uintptr_t (*const functions[HOOK_PLACES])(uintptr_t, uintptr_t, uintptr_t, uintptr_t,
						 uintptr_t, uintptr_t) = {
	FOR_EACH_HOOK(LIST_HOOK)
};

static __attribute__((constructor)) void begin_unused(void)
{
	for (int hook = 0; hook < HOOK_PLACES; hook++)
		atomic_store(&hooks[hook].place, NO_PLACE);
}

/* Without a lock, a thread could find each hook taken while another looks at it. */
static pthread_mutex_t take_lock = PTHREAD_MUTEX_INITIALIZER;

/* Takes an unused hook, in turn as places are. NULL if all are in use. */
static struct hook *take_next(int32_t place)
{
	static int next;
	struct hook *taken = NULL;

	pthread_mutex_lock(&take_lock);
	for (int tried = 0; tried < HOOK_PLACES && taken == NULL; tried++) {
		struct hook *hook = &hooks[(next + tried) % HOOK_PLACES];

		if (atomic_load(&hook->place) == NO_PLACE)
			taken = hook;
	}
	if (taken != NULL) {
		atomic_store(&taken->place, place);
		next = (int)(taken - hooks + 1) % HOOK_PLACES;
	}
	pthread_mutex_unlock(&take_lock);
	return taken;
}

static void *make_hook(int32_t place, struct hook made)
{
	struct hook *taken = take_next(place);

	if (taken == NULL)
		return NULL;
	taken->body = made.body;
	taken->numbers = made.numbers;
	memcpy(taken->unused, made.unused, sizeof(taken->unused));
	taken->is_answering = 0;
	return (void *)functions[taken - hooks];
}

void *osmem_make_hook(int32_t place, osmem_hook_body *body)
{
	return make_hook(place, (struct hook){.body = body});
}

void *osmem_make_number_hook(int32_t place, osmem_number_body *body,
			     const int8_t unused[HOOK_ARGUMENTS])
{
	struct hook made = {.numbers = body};

	memcpy(made.unused, unused, sizeof(made.unused));
	return make_hook(place, made);
}

void osmem_give_back_hooks(int32_t place)
{
	for (int hook = 0; hook < HOOK_PLACES; hook++)
		if (atomic_load(&hooks[hook].place) == place)
			atomic_store(&hooks[hook].place, NO_PLACE);
}
