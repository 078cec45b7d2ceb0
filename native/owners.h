/*
 * owners.h - a directory of which thread's heaps have which memory, so that an address
 * can be told to be another isolate's. The heaps themselves know nothing of each other.
 *
 *     arena of thread 1        arena of thread 2        program break
 *    | blocks ... reserved |  | blocks ... reserved |  | 1 | 2 | 1 | not ours | 2 |
 *
 * It holds arenas and what was obtained by raising the break; of mappings of their own
 * it knows nothing. It has OWNED_RANGES entries, for as long as there are fewer: what
 * does not fit is nobody's. An arena's entry is given back with the arena; one of the
 * break stays, if only as an empty range, since its thread goes on from there.
 */
#ifndef OSMEM_OWNERS_H
#define OSMEM_OWNERS_H

#include <stdint.h>

#define OWNED_RANGES 1024

/* From now on length bytes from start on are this thread's. */
void osmem_own(uintptr_t start, uintptr_t length);

/* From now on what started here is nobody's, if it was this thread's. Returns how many
 * bytes that were. */
uintptr_t osmem_disown(uintptr_t start);

/* The same as osmem_own for what the break was raised by, which is joined to what this
 * thread raised it by just before. */
void osmem_own_break(uintptr_t start, uintptr_t length);

/* From now on these length bytes from start on, which the break was lowered by, are
 * nobody's, whichever thread says so. */
void osmem_disown_break(uintptr_t start, uintptr_t length);

/* Whether this address is another thread's, also of one that ended. */
uint32_t osmem_is_of_another(double address);

#endif
