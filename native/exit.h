/*
 * exit.h - an action in TypeScript that runs when a program calls exit().
 *
 * A function that was registered with on_exit(3) cannot be taken back, and must not
 * call JavaScript once that is gone. So one function is registered, once. It calls the
 * action that TypeScript set last, or nothing if that is NULL.
 *
 * JavaScript cannot be called in a thread that did not set the action, during a call
 * that JavaScript is answering (a signal handler may call exit() then), or when too
 * much of the stack is in use. A line on standard error then says so. A process that
 * was forked off does nothing.
 *
 * A thread with an action that ends by itself, as with pthread_exit(3), ends the process
 * with EXIT_FAILURE: nothing could call the action any more.
 */
#ifndef OSMEM_EXIT_H
#define OSMEM_EXIT_H

#include <stdint.h>

/* Called with the status that exit() was given. */
typedef void osmem_exit_action(int32_t status);

/* Sets the action that runs when this thread calls exit(), after the functions that the
 * program itself registers from now on; NULL for none. The action runs only if the
 * thread's stack is above stack_limit, an address.
 * Returns 0, or a negated error number. */
int32_t osmem_at_exit(osmem_exit_action *action, double stack_limit);

/* Whether this thread has an action. */
int32_t osmem_is_exit_awaited(void);

#endif
