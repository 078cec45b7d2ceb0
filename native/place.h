/*
 * place.h - who has each of the places of bindings.h, and whether JavaScript can
 * be called for it.
 *
 *     osmem_enter(3) --> NULL, or why not --> the call --> osmem_leave(3)
 *
 * JavaScript runs in one thread, which may be waiting for another one; on a part of
 * the stack, behind which the engine ends the process; and not in a process that was
 * forked off, where the engine has no other threads. While it answers, a signal handler
 * cannot call it, and C does not tell those calls from others: so a place answers one
 * call at a time. The body of a hook, or a heap that stands on another one, may well
 * call C that calls; a signal handler there is not noticed.
 */
#ifndef OSMEM_PLACE_H
#define OSMEM_PLACE_H

#include "bindings.h"

#include <signal.h>

#define NO_PLACE (-1)

/* Takes a place for this thread; see osmem_bind. */
int32_t osmem_take_place(double stack_limit);

/* Gives it back. */
void osmem_give_back_place(int32_t place);

/* Whether this thread has it. */
int32_t osmem_has_place(int32_t place);

/* Whether a call of this place would be answered; NO_PLACE answers none. */
int32_t osmem_is_answered(int32_t place);

/* Begins a call of this place: NULL, or else why it is refused, and then it counts as
 * refused and has not begun. A call that is left with longjmp(3) never ends. */
const char *osmem_enter(int32_t place);
void osmem_leave(int32_t place);

/* The same for a hook of this place, or of NO_PLACE, with a mark of its own: what answers
 * it may call C, and that the functions of the place, but not the same hook. */
const char *osmem_enter_hook(int32_t place, volatile sig_atomic_t *is_answering);
void osmem_leave_hook(volatile sig_atomic_t *is_answering);

/* Whether this thread is in the midst of a call, of whichever place. */
int32_t osmem_is_in_call(void);

/* Says on standard error that a call was refused. It leaves errno alone. */
void osmem_report(const char *call, const char *reason);

#endif
