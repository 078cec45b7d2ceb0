/*
 * system.h - the system calls that osmem's allocator stands on.
 *
 * Everything else - headers, splitting, merging, best fit - is TypeScript.
 * These functions exist because TypeScript cannot make a system call and cannot
 * turn a pointer into a number at the speed of an assignment.
 *
 * Conventions
 *   - Addresses and lengths are doubles: user space needs 47 bits, a double
 *     holds 53 exactly, and calls on doubles and 32-bit integers are the ones
 *     that the runtime compiles into direct calls.
 *   - An answer below zero is a negated error number (-ENOMEM, ...). It travels
 *     in the result because errno may be overwritten before TypeScript runs.
 */
#ifndef OSMEM_SYSTEM_H
#define OSMEM_SYSTEM_H

#include <stdint.h>

/* Raised whenever a signature or a meaning changes here, in bindings.h, hook.h,
 * exit.h or owners.h. */
#define OSMEM_ABI 5u

/* OSMEM_ABI of the library that was loaded. */
uint32_t osmem_abi(void);

/* Bytes in a page: sysconf(_SC_PAGESIZE). */
uint32_t osmem_page_size(void);

/* sbrk(2): moves the program break by increment bytes.
 * Returns the previous break, or a negated error number. */
double osmem_sbrk(double increment);

/* mmap(2): a fresh, zeroed, private, anonymous mapping of length bytes.
 * With reserve != 0 the kernel sets no swap aside for it (MAP_NORESERVE), for
 * large ranges of which only a part will ever be touched: arenas, which are this thread's
 * from now on (owners.h).
 * Returns its address, or a negated error number: also where the kernel would give it,
 * but that would leave too few to the runtime (room.h). */
double osmem_mmap(double length, uint32_t reserve);

/* munmap(2); what is given back is nobody's. Returns 0, or a negated error number, as above. */
int32_t osmem_munmap(double address, double length);

/* The pointer with this address (NULL for what is none), and the address of this
 * pointer. */
void *osmem_pointer(double address);
double osmem_address(void *pointer);

#endif
