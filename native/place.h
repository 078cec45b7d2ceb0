/*
 * place.h - which thread has each place of bindings.h, and whether JavaScript can answer
 * its calls.
 *
 *     osmem_enter(3) --> NULL, or the reason why not --> the call --> osmem_leave(3)
 *
 * JavaScript runs in one thread, which may be waiting for another one. It runs on a part
 * of the stack, and the engine ends the process when that part is used up. It does not
 * run in a process that was forked off, where the engine's other threads are missing. A
 * signal handler cannot call it while it answers, and C cannot know such calls from
 * others: so a place answers one call at a time. The body of a hook, or a heap in the
 * memory of another heap, may call C that calls a place again; a signal handler that
 * interrupts those is not noticed.
 */
#ifndef OSMEM_PLACE_H
#define OSMEM_PLACE_H

#include "bindings.h"

#include <signal.h>

#define NO_PLACE (-1)

/* Takes a place for this thread; see osmem_bind. */
int32_t osmem_take_place(double stack_limit);

/* Gives a place back. */
void osmem_give_back_place(int32_t place);

/* Whether this thread has a place. */
int32_t osmem_has_place(int32_t place);

/* Whether a call of a place would be answered; NO_PLACE answers none. */
int32_t osmem_is_answered(int32_t place);

/* Begins a call of a place. Returns NULL, or the reason why the call is refused: then it
 * is counted and has not begun. A call that is left with longjmp(3) never ends. */
const char *osmem_enter(int32_t place);
void osmem_leave(int32_t place);

/* Begins a call of a hook of this place, or of NO_PLACE. A hook has a mark of its own:
 * its body may call C that calls the functions of the place, but not the hook itself. */
const char *osmem_enter_hook(int32_t place, volatile sig_atomic_t *is_answering);
void osmem_leave_hook(volatile sig_atomic_t *is_answering);

/* Whether this thread is answering a call of any place. */
int32_t osmem_is_in_call(void);

/* Reports a refused call on standard error. It does not change errno. */
void osmem_report(const char *call, const char *reason);

#endif
