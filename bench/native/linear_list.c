/*
 * The contract as the course's solutions implement it: one list of all blocks, which
 * every search walks after it merged free neighbours. The list has a break of its own
 * in a reserved mapping, as osmem's heaps have in the benchmark.
 */
#define _DEFAULT_SOURCE
#include "bench.h"

#include <string.h>
#include <sys/mman.h>

enum { FREE, ALLOCATED, MAPPED };

struct block_meta {
	size_t size;
	int status;
	struct block_meta *prev, *next;
};

#define HEADER sizeof(struct block_meta)
#define SMALLEST (HEADER + 8)
#define THRESHOLD (128 * 1024)
#define PAGE 4096
#define PREALLOCATION (128 * 1024)
#define RESERVE ((size_t)1 << 34)

static char *start, *brk_now;
static struct block_meta *first, *last;

uint32_t list_open(void)
{
	void *range = mmap(NULL, RESERVE, PROT_READ | PROT_WRITE,
	                   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (range == MAP_FAILED)
		return 0;
	start = brk_now = range;
	first = last = NULL;
	return 1;
}

void list_close(void)
{
	munmap(start, RESERVE);
}

static size_t rounded(size_t size)
{
	return (size + 7) & ~(size_t)7;
}

static void *payload(struct block_meta *block)
{
	return (char *)block + HEADER;
}

static struct block_meta *block_of(double address)
{
	return (struct block_meta *)((char *)(uintptr_t)address - HEADER);
}

static struct block_meta *append(size_t size)
{
	struct block_meta *block = (struct block_meta *)brk_now;

	brk_now += HEADER + size;
	*block = (struct block_meta){ .size = size, .prev = last };
	if (last)
		last->next = block;
	else
		first = block;
	return last = block;
}

static struct block_meta *map(size_t size)
{
	struct block_meta *block = mmap(NULL, HEADER + size, PROT_READ | PROT_WRITE,
	                                MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (block == MAP_FAILED)
		return NULL;
	block->size = size;
	block->status = MAPPED;
	return block;
}

static void absorb_next(struct block_meta *block)
{
	struct block_meta *next = block->next;

	block->size += HEADER + next->size;
	block->next = next->next;
	if (next->next)
		next->next->prev = block;
	else
		last = block;
}

static void merge_free_neighbours(void)
{
	for (struct block_meta *block = first; block; block = block->next)
		while (block->status == FREE && block->next && block->next->status == FREE)
			absorb_next(block);
}

static struct block_meta *best_fit(size_t size)
{
	struct block_meta *best = NULL;

	for (struct block_meta *block = first; block; block = block->next)
		if (block->status == FREE && block->size >= size &&
		    (!best || block->size < best->size))
			best = block;
	return best;
}

static void split(struct block_meta *block, size_t size)
{
	if (block->size < size + SMALLEST)
		return;

	struct block_meta *rest = (struct block_meta *)((char *)payload(block) + size);

	*rest = (struct block_meta){
		.size = block->size - size - HEADER,
		.prev = block,
		.next = block->next,
	};
	if (rest->next)
		rest->next->prev = rest;
	else
		last = rest;
	block->next = rest;
	block->size = size;
}

static struct block_meta *place(size_t size)
{
	if (!first)
		append(PREALLOCATION - HEADER);
	merge_free_neighbours();

	struct block_meta *block = best_fit(size);

	if (!block && last->status == FREE) {
		brk_now += size - last->size;
		last->size = size;
		block = last;
	} else if (!block) {
		block = append(size);
	}
	block->status = ALLOCATED;
	split(block, size);
	return block;
}

static struct block_meta *allocate(size_t size, size_t threshold)
{
	size = rounded(size);
	return size + HEADER >= threshold ? map(size) : place(size);
}

static double address(struct block_meta *block)
{
	return block ? (double)(uintptr_t)payload(block) : 0;
}

double list_malloc(uint32_t size)
{
	return size ? address(allocate(size, THRESHOLD)) : 0;
}

double list_calloc(uint32_t count, uint32_t size)
{
	size_t total = (size_t)count * size;

	if (total == 0)
		return 0;

	struct block_meta *block = allocate(total, PAGE);

	if (block && block->status == ALLOCATED)
		memset(payload(block), 0, block->size);
	return address(block);
}

static int resize_in_place(struct block_meta *block, size_t size)
{
	if (block->size < size && block == last) {
		brk_now += size - block->size;
		block->size = size;
	}
	while (block->size < size && block->next && block->next->status == FREE)
		absorb_next(block);
	if (block->size < size)
		return 0;
	split(block, size);
	return 1;
}

double list_realloc(double old, uint32_t size)
{
	if (old == 0)
		return list_malloc(size);

	struct block_meta *block = block_of(old);
	size_t wanted = rounded(size);

	if (block->status == FREE)
		return 0;
	if (size == 0) {
		list_free(old);
		return 0;
	}
	if (block->status == ALLOCATED && wanted + HEADER < THRESHOLD &&
	    resize_in_place(block, wanted))
		return old;

	struct block_meta *moved = allocate(size, THRESHOLD);

	if (!moved)
		return 0;
	memcpy(payload(moved), payload(block), block->size < wanted ? block->size : wanted);
	list_free(old);
	return address(moved);
}

void list_free(double old)
{
	if (old == 0)
		return;

	struct block_meta *block = block_of(old);

	if (block->status == MAPPED)
		munmap(block, HEADER + block->size);
	else
		block->status = FREE;
}
