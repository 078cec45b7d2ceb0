/*
 * thread.h - numbers for threads. Each isolate of the runtime has a thread of its own.
 *
 * A number is never given to a second thread of the process, unlike pthread_self(), which
 * a new thread may share with one that has ended.
 */
#ifndef OSMEM_THREAD_H
#define OSMEM_THREAD_H

typedef unsigned long thread_number;

/* No thread has this number. */
#define NO_THREAD 0ul

/* The number of the calling thread. */
thread_number osmem_this_thread(void);

#endif
