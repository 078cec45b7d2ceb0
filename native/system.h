/*
 * system.h - the system calls of osmem's allocator.
 *
 * Everything else - headers, splitting, merging, best fit - is TypeScript. These
 * functions exist because TypeScript cannot make a system call, and takes some six
 * times as long to turn an address into a pointer.
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
#define OSMEM_ABI 7u

/* OSMEM_ABI of the library that was loaded. */
uint32_t osmem_abi(void);

/* Bytes in a page: sysconf(_SC_PAGESIZE). */
uint32_t osmem_page_size(void);

/* sbrk(2): moves the program break by increment bytes.
 * Returns the previous break, or a negated error number. */
double osmem_sbrk(double increment);

/* mmap(2): a fresh, zeroed, private, anonymous mapping of length bytes.
 * With reserve != 0 it is an arena: a large range of which only a part will be touched.
 * It cannot be read or written before osmem_mprotect opens a part, so that the kernel
 * counts only what is open against RLIMIT_DATA and the commit limit. This thread owns it
 * from now on (owners.h).
 * Returns its address, or a negated error number: also if the kernel has the mapping, but
 * too few would be left to the runtime (room.h). */
double osmem_mmap(double length, uint32_t reserve);

/* mprotect(2): opens length bytes of an arena from address on, to be read and written.
 * With splits != 0 the kernel will have two mappings in place of one, so it is refused if
 * too few would be left to the runtime (room.h). Returns 0, or a negated error number. */
int32_t osmem_mprotect(double address, double length, uint32_t splits);

/* munmap(2). Memory that is given back has no owner. Returns 0, or a negated error number,
 * as above. */
int32_t osmem_munmap(double address, double length);

/* The pointer with an address (NULL for a number that is no address), and the address of
 * a pointer. */
void *osmem_pointer(double address);
double osmem_address(void *pointer);

#endif
