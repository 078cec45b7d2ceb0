/*
 * exit.h - what is still to be done when a program calls exit().
 *
 * A function that was registered with on_exit(3) cannot be taken back, and must not
 * lead into JavaScript once that is gone. So this registers one of its own, once,
 * which leads on to what TypeScript asked for last, and to nothing if that was
 * NULL.
 *
 * Where JavaScript cannot be called, a line on standard error says so: in another
 * thread than the one that asked, in the midst of a call that it answers (as a signal
 * handler may be), and where too much of the stack is used. A process that was forked
 * off has nothing to do.
 */
#ifndef OSMEM_EXIT_H
#define OSMEM_EXIT_H

#include <stdint.h>

/* Given the status that exit() was called with. */
typedef void osmem_exit_action(int32_t status);

/* Calls action when this thread calls exit(), after the functions that the program
 * itself registers from now on; NULL for nothing any more. stack_limit is the lowest
 * address that its stack may have reached then.
 * Returns 0, or a negated error number. */
int32_t osmem_at_exit(osmem_exit_action *action, double stack_limit);

/* Whether this thread has such an action. */
int32_t osmem_is_exit_awaited(void);

#endif
