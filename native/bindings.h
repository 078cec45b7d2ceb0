/*
 * bindings.h - how C functions come to be answered by a heap in TypeScript.
 *
 * A C function pointer carries no data, so there is a fixed number of places, each
 * with five functions of its own. A heap that is bound takes a place; what is
 * called through its functions goes to the answers that TypeScript registered.
 *
 *     malloc(100) --> place 3 --> answers[OSMEM_MALLOC](100, 0) --> heap
 *
 * What JavaScript could not answer is refused before it gets there: see enum
 * osmem_refusal. Nor may a call be left with longjmp(3), as from a signal handler: its
 * place would never answer again.
 *
 * The function pointers can be called for as long as the process lives. Those of a
 * place that was given back refuse, until another heap has it: places are taken in
 * turn, so that is the sixteenth that is bound after it, or an earlier one if others
 * stay bound. From then on that heap answers.
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
	OSMEM_UNBOUND,      /* nobody has the place */
	OSMEM_FORKED,       /* it is a child's: JavaScript was not forked */
	OSMEM_OTHER_THREAD, /* not the one that bound the heap, which may be waiting for it */
	OSMEM_NESTED,       /* in the midst of a call: from a signal handler, or what answers */
	OSMEM_DEEP_STACK,   /* where JavaScript has none left the engine ends the process */
	OSMEM_REFUSALS
};

/* Takes a place for this thread. stack_limit is the lowest address that its stack
 * may have reached when a call is to be answered.
 * Returns the place, or -1 if all are taken. */
int32_t osmem_bind(osmem_answer *malloc, osmem_answer *calloc, osmem_answer *realloc,
		   osmem_answer *free, osmem_answer *usable_size, double stack_limit);

/* Gives a place back, and the hooks that it has. All of them refuse from then on. */
void osmem_unbind(int32_t place);

/* A function of a place, as C calls it. */
void *osmem_function(int32_t place, uint32_t function);

/* The os_* functions of osmem.h go to this place from now on; -1 for none. */
void osmem_serve(int32_t place);

/* The first (0) or the second (1) argument of the call that a place answers, or that it
 * answered last: all its bits, where a double rounds what is above 2^53. */
uint64_t osmem_argument(int32_t place, uint32_t index);

/* How many calls of a place, and of its hooks, were refused for this reason since it
 * was taken. */
uint32_t osmem_refused(int32_t place, uint32_t reason);

/* Where this thread's stack is now, and the lowest address that it can ever reach; 0
 * if the system does not tell. */
double osmem_stack_position(void);
double osmem_stack_end(void);

#endif
