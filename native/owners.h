/*
 * owners.h - a directory of the memory that each thread's heaps obtained, which knows
 * whether an address belongs to another isolate. The heaps know nothing of each other.
 *
 *     arena of thread 1        arena of thread 2        program break
 *    | blocks ... reserved |  | blocks ... reserved |  | 1 | 2 | 1 | not ours | 2 |
 *
 * It lists arenas and memory obtained by raising the break, but not mappings. It has
 * OWNED_RANGES entries: memory that does not fit has no owner. The entry of an arena is
 * given back with the arena. The entry of a part of the break stays, perhaps as an empty
 * range, since its thread extends it.
 */
#ifndef OSMEM_OWNERS_H
#define OSMEM_OWNERS_H

#include <stdint.h>

#define OWNED_RANGES 1024

/* Makes this thread the owner of length bytes from start on. */
void osmem_own(uintptr_t start, uintptr_t length);

/* Removes this thread's range that begins at start. Returns its bytes, 0 if there is
 * none. */
uintptr_t osmem_disown(uintptr_t start);

/* Makes this thread the owner of the bytes that the break was raised by. They are joined
 * to those that this thread raised it by just before. */
void osmem_own_break(uintptr_t start, uintptr_t length);

/* Removes every owner of the bytes that the break was lowered by. */
void osmem_disown_break(uintptr_t start, uintptr_t length);

/* Whether an address is owned by another thread, even one that has ended. */
uint32_t osmem_is_of_another(double address);

#endif
