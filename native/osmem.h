/*
 * osmem.h - the allocator, for programs in C.
 *
 *     cc -shared -fPIC program.c -Inative -Lnative -losmem -o program.so
 *
 * A heap in TypeScript, in the same process, answers the four functions. `osmem exec
 * program.so` binds one, and so does heap.bindToC({ os: true }). While no heap is bound
 * the functions fail like a refused allocation: NULL, errno ENOMEM, and a line on
 * standard error. The functions of these names in mod.ts use another heap, on the
 * process's own program break.
 *
 * Only calls from the thread that bound the heap are answered. Calls from other threads,
 * from a process that was forked off, and from a signal handler that interrupted one of
 * the functions fail like a refused allocation. Do not leave a call with longjmp().
 *
 * A pointer that is not to a live block of the heap (it was freed, points inside a
 * block, or was never returned) is reported on standard error and ignored: os_free does
 * nothing, os_realloc fails with ENOMEM.
 */
#ifndef OSMEM_H
#define OSMEM_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * A block, as it lies in memory. A program has the pointer to the payload.
 *
 *      header, 32 bytes                             payload
 *     | size | status | (padding) | prev | next |  size bytes ...
 *     0      8        12          16     24     32
 */
struct block_meta {
	size_t size;             /* bytes of payload, a multiple of 8 */
	int status;              /* one of the three below */
	struct block_meta *prev; /* the header before this one, or NULL */
	struct block_meta *next; /* the header after this one, or NULL */
};

#define STATUS_FREE   0 /* a free heap block */
#define STATUS_ALLOC  1 /* an allocated heap block */
#define STATUS_MAPPED 2 /* a mapping of its own */

/* Allocates size bytes. NULL if size is 0, or with errno ENOMEM if there is no memory. */
void *os_malloc(size_t size);

/* Allocates nmemb * size bytes, all zero. NULL as above, also if the product overflows. */
void *os_calloc(size_t nmemb, size_t size);

/* Resizes a block and keeps its contents up to the smaller size. The block may move.
 * NULL if size is 0 (the block is freed) or ptr points into free memory; or with errno
 * set if there is no memory, and then the block is unchanged. os_realloc(NULL, size)
 * is os_malloc(size). */
void *os_realloc(void *ptr, size_t size);

/* Frees a block; NULL is ignored. */
void os_free(void *ptr);

#ifdef __cplusplus
}
#endif

#endif
