#define _GNU_SOURCE
#include "hook.h"

#include "place.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>

static struct hook {
	/* NO_PLACE if the hook is not in use. Only the thread that has the place
	 * reads or writes the members below. */
	atomic_int place;
	osmem_hook_body *body;
	volatile sig_atomic_t is_answering;
} hooks[HOOK_PLACES];

/* Not inlined, so that all hooks share one copy. It does not change errno. */
static __attribute__((noinline)) uintptr_t answer(struct hook *hook, uintptr_t first,
						  uintptr_t second, uintptr_t third,
						  uintptr_t fourth, uintptr_t fifth,
						  uintptr_t sixth)
{
	const char *reason = osmem_enter_hook(atomic_load(&hook->place), &hook->is_answering);

	if (reason != NULL) {
		osmem_report("hook", reason);
		return 0;
	}

	int before = errno;
	uintptr_t answered = hook->body(first, second, third, fourth, fifth, sixth);

	errno = before;
	osmem_leave_hook(&hook->is_answering);
	return answered;
}

/* The functions differ only in their hook. */
#define DEFINE_HOOK(number)                                                            \
	static uintptr_t hook_##number(uintptr_t first, uintptr_t second, uintptr_t third, \
				       uintptr_t fourth, uintptr_t fifth, uintptr_t sixth) \
	{                                                                              \
		return answer(&hooks[0##number], first, second, third, fourth, fifth, sixth); \
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

void *osmem_make_hook(int32_t place, osmem_hook_body *body)
{
	struct hook *taken = take_next(place);

	if (taken == NULL)
		return NULL;
	taken->body = body;
	taken->is_answering = 0;
	return (void *)functions[taken - hooks];
}

void osmem_give_back_hooks(int32_t place)
{
	for (int hook = 0; hook < HOOK_PLACES; hook++)
		if (atomic_load(&hooks[hook].place) == place)
			atomic_store(&hooks[hook].place, NO_PLACE);
}
