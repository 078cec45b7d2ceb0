/*
 * bindings.h - C functions that a heap in TypeScript answers.
 *
 * A C function pointer carries no data, so there is a fixed number of places, each
 * with five functions of its own. A heap that is bound takes a place: calls of its
 * functions go to the answers that TypeScript registered.
 *
 *     malloc(100) --> place 3 --> answers[OSMEM_MALLOC](100, 0) --> heap
 *
 * Calls that JavaScript could not answer are refused before they reach it: see enum
 * osmem_refusal. A call must not be left with longjmp(3), for example from a signal
 * handler: its place would never answer again.
 *
 * The function pointers can be called for as long as the process lives. When a place
 * is given back its functions refuse, until another heap takes the place and answers
 * them. Places are taken in turn: that is the sixteenth heap bound after it, or an
 * earlier one if others stay bound.
 *
 * A thread that ends, or calls exit(), gives its places back first: C may still free
 * memory when JavaScript is gone.
 */
#ifndef OSMEM_BINDINGS_H
#define OSMEM_BINDINGS_H

#include <stdint.h>

/* Heaps that can be bound at the same time. */
#define BINDING_PLACES 16

/* The functions of a place, in their order. */
enum osmem_function {
	OSMEM_MALLOC,      /* void *(size_t size) */
	OSMEM_CALLOC,      /* void *(size_t nmemb, size_t size) */
	OSMEM_REALLOC,     /* void *(void *ptr, size_t size) */
	OSMEM_FREE,        /* void (void *ptr) */
	OSMEM_USABLE_SIZE, /* size_t (void *ptr) */
	OSMEM_FUNCTIONS
};

/*
 * The answer that TypeScript registers for a function. It is given the arguments, the
 * second being 0 if there is only one. It returns an address (0 is NULL), a size, or
 * a negated error number. Sizes above PTRDIFF_MAX arrive as negative numbers: -1 is
 * SIZE_MAX.
 */
typedef double osmem_answer(double first, double second);

/* Why a call was refused before it reached TypeScript. */
enum osmem_refusal {
	OSMEM_UNBOUND,      /* no heap has the place */
	OSMEM_FORKED,       /* it is made in a child process: JavaScript was not forked */
	OSMEM_OTHER_THREAD, /* it is made in a thread that did not bind the heap */
	OSMEM_NESTED,       /* it is made during a call: by a signal handler, or by the answer */
	OSMEM_DEEP_STACK,   /* too little stack is left: the engine would end the process */
	OSMEM_REFUSALS
};

/* Takes a place for this thread. Calls are answered while the thread's stack is above
 * stack_limit, an address.
 * Returns the place, or -1 if all are taken. */
int32_t osmem_bind(osmem_answer *malloc, osmem_answer *calloc, osmem_answer *realloc,
		   osmem_answer *free, osmem_answer *usable_size, double stack_limit);

/* Makes free(NULL) reach this place's answer too, although it changes nothing. */
void osmem_hear_of_null(int32_t place);

/* Gives a place back, and its hooks. All of them refuse from then on. */
void osmem_unbind(int32_t place);

/* A function of a place, as C calls it. */
void *osmem_function(int32_t place, uint32_t function);

/* Makes this place answer the os_* functions of osmem.h; -1 for none. */
void osmem_serve(int32_t place);

/* The first (0) or the second (1) argument of the call that a place is answering, or
 * answered last, with all its bits: a double rounds numbers above 2^53. */
uint64_t osmem_argument(int32_t place, uint32_t index);

/* The number of calls of a place, and of its hooks, that were refused for this reason
 * since the place was taken. */
uint32_t osmem_refused(int32_t place, uint32_t reason);

/* The address that this thread's stack has reached, and the lowest one that it can ever
 * reach; 0 if the system does not know that. */
double osmem_stack_position(void);
double osmem_stack_end(void);

#endif
