/*
 * thread.h - tells threads apart. Each isolate of the runtime has one of its own.
 *
 * They have numbers that no other thread of the process ever gets: pthread_self() of a
 * thread that ended is given to the next.
 */
#ifndef OSMEM_THREAD_H
#define OSMEM_THREAD_H

typedef unsigned long thread_number;

/* What no thread has. */
#define NO_THREAD 0ul

/* The number of the thread that calls. */
thread_number osmem_this_thread(void);

#endif
