/*
 * bindings.h - how C functions come to be answered by a heap in TypeScript.
 *
 * A C function pointer carries no data, so there is a fixed number of places, each
 * with five functions of its own. A heap that is bound takes a place; what is
 * called through its functions goes to the answers that TypeScript registered.
 *
 *     malloc(100) --> place 3 --> answers[ANSWER_MALLOC](100, 0) --> heap
 *
 * A call is refused before it reaches JavaScript, where it could not be answered:
 * from another thread than the one that bound the heap (which may be waiting for
 * this one), and where JavaScript would run out of stack (the engine ends the
 * process). The function pointers stay good for as long as the process lives.
 *
 * A thread that ends, or calls exit(), gives its places back first: C may still free
 * memory when JavaScript is gone.
 */
#ifndef OSMEM_BINDINGS_H
#define OSMEM_BINDINGS_H

#include <stdint.h>

/* Heaps that can be bound at the same time. */
#define BINDING_PLACES 16

/* The functions of a place, in the order in which they are counted. */
enum osmem_function {
	OSMEM_MALLOC,      /* void *(size_t size) */
	OSMEM_CALLOC,      /* void *(size_t nmemb, size_t size) */
	OSMEM_REALLOC,     /* void *(void *ptr, size_t size) */
	OSMEM_FREE,        /* void (void *ptr) */
	OSMEM_USABLE_SIZE, /* size_t (void *ptr) */
	OSMEM_FUNCTIONS
};

/*
 * What TypeScript registers for a function: given the arguments, the second being
 * 0 where there is only one, it answers with an address (0 is NULL) or a size, or
 * below 0 with a negated error number. Sizes above PTRDIFF_MAX come as negative
 * numbers: -1 is SIZE_MAX.
 */
typedef double osmem_answer(double first, double second);

/* Why a call was refused before it reached TypeScript. */
enum osmem_refusal {
	OSMEM_OTHER_THREAD,
	OSMEM_DEEP_STACK,
	OSMEM_REFUSALS
};

/* Takes a place for this thread. stack_limit is the lowest address that its stack
 * may have reached when a call is to be answered.
 * Returns the place, or -1 if all are taken. */
int32_t osmem_bind(osmem_answer *malloc, osmem_answer *calloc, osmem_answer *realloc,
		   osmem_answer *free, osmem_answer *usable_size, double stack_limit);

/* Gives a place back. Its functions refuse every call from then on. */
void osmem_unbind(int32_t place);

/* A function of a place, as C calls it. */
void *osmem_function(int32_t place, uint32_t function);

/* The os_* functions of osmem.h go to this place from now on; -1 for none. */
void osmem_serve(int32_t place);

/* The place that the os_* functions go to, or -1. */
int32_t osmem_served(void);

/* How many calls of a place were refused for this reason since it was taken. */
uint32_t osmem_refused(int32_t place, uint32_t reason);

/* Where this thread's stack is now, and the lowest address that it can ever reach; 0
 * if the system does not tell. */
double osmem_stack_position(void);
double osmem_stack_end(void);

#endif
