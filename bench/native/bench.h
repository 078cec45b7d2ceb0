/*
 * bench.h - what the benchmark compares osmem with, in C.
 *
 * Addresses are doubles and sizes are 32-bit integers, as in native/osmem.h, so that
 * the runtime makes direct calls. NULL is 0.
 */
#ifndef OSMEM_BENCH_H
#define OSMEM_BENCH_H

#include <stdint.h>

/* glibc's malloc(3), in the form that the runtime calls fastest. */
double glibc_malloc(uint32_t size);
double glibc_calloc(uint32_t count, uint32_t size);
double glibc_realloc(double address, uint32_t size);
void glibc_free(double address);

/* mimalloc, in that form too. mimalloc_open() loads it and returns 1, or 0 if it is
 * not installed. */
uint32_t mimalloc_open(void);
double mimalloc_malloc(uint32_t size);
double mimalloc_calloc(uint32_t count, uint32_t size);
double mimalloc_realloc(double address, uint32_t size);
void mimalloc_free(double address);

/* The contract with a linear list: every search walks all blocks. list_open()
 * reserves memory for one heap at a time, list_close() gives it back. */
uint32_t list_open(void);
void list_close(void);
double list_malloc(uint32_t size);
double list_calloc(uint32_t count, uint32_t size);
double list_realloc(double address, uint32_t size);
void list_free(double address);

/* The workloads of the cases in C on glibc: the least that the machine takes. Blocks
 * are kept in slots, numbered from 0, which are all NULL at first. */
uint32_t floor_open(uint32_t slots);
void floor_close(void);

/* Fill the slots from 0 on with blocks of one size, or of sizes[slot]. */
void floor_fill(uint32_t slots, uint32_t size);
void floor_fill_mixed(const uint32_t *sizes, uint32_t slots);

/* The workloads; bench/cases describes each. floor_trace() frees in the end what the
 * trace left live. */
void floor_pairs(uint32_t count, uint32_t size);
void floor_changing_pairs(const uint32_t *sizes, uint32_t count);
void floor_churn(const uint32_t *sizes, const uint32_t *victims, uint32_t count);
void floor_resize(const uint32_t *sizes, const uint32_t *victims, uint32_t count);
void floor_equal(const uint32_t *order, uint32_t blocks, uint32_t size);
void floor_alternate(uint32_t passes, uint32_t blocks, uint32_t size);
void floor_growth(uint32_t passes, uint32_t step, uint32_t limit);
void floor_grow_all(uint32_t size, uint32_t blocks);
void floor_callocs(uint32_t count, uint32_t size);
void floor_moves(uint32_t count, uint32_t size);
void floor_trace(const uint8_t *kinds, const uint32_t *blocks, const double *sizes,
                 const double *counts, uint32_t calls);

/* What zeroing and copying cost by themselves: memset(3), memcpy(3). */
void floor_zero(uint32_t count, uint32_t size);
void floor_copy(uint32_t count, uint32_t size);

#endif
