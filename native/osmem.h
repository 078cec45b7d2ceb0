/*
 * osmem.h - the allocator, for programs in C.
 *
 *     cc -shared -fPIC program.c -Inative -Lnative -losmem -o program.so
 *
 * The four functions are answered by a heap in TypeScript, in the same process:
 * `osmem exec program.so` makes one, and so does heap.bindToC({ os: true }). As
 * long as there is none they fail like a refused allocation: NULL, errno ENOMEM,
 * and a line on standard error. The functions of the same names in mod.ts are another
 * heap, always: that on the process's own program break.
 *
 * They answer the thread that the heap belongs to. To a call from any other they
 * fail in the same way, and so they do in a process that was forked off, and to a
 * signal handler that interrupted one of them. None of them may be left with longjmp().
 *
 * A pointer that is no block of the heap (freed already, inside a block, never given
 * out) is reported on standard error and ignored: os_free does nothing, os_realloc
 * fails with ENOMEM.
 */
#ifndef OSMEM_H
#define OSMEM_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * A block, as it lies in memory. The pointer that a program has is that of the
 * payload.
 *
 *      header, 32 bytes                             payload
 *     | size | status | (padding) | prev | next |  size bytes ...
 *     0      8        12          16     24     32
 */
struct block_meta {
	size_t size;             /* bytes of payload, a multiple of 8 */
	int status;              /* one of the three below */
	struct block_meta *prev; /* the header before this one, or NULL */
	struct block_meta *next; /* the header behind this one, or NULL */
};

#define STATUS_FREE   0 /* a heap block to be given out */
#define STATUS_ALLOC  1 /* a heap block that was given out */
#define STATUS_MAPPED 2 /* a mapping of its own */

/* size bytes; NULL if size is 0, or with errno ENOMEM if there is no memory. */
void *os_malloc(size_t size);

/* nmemb * size bytes, all zero; NULL as above, also if the product overflows. */
void *os_calloc(size_t nmemb, size_t size);

/* Resizes a block and keeps its contents up to the smaller size. It may move. NULL
 * if size is 0 (the block is freed) or ptr leads to free memory; or with errno
 * set if there is no memory, and then the block is as it was. os_realloc(NULL,
 * size) is os_malloc(size). */
void *os_realloc(void *ptr, size_t size);

/* Frees a block; NULL is ignored. */
void os_free(void *ptr);

#ifdef __cplusplus
}
#endif

#endif
