#include "bench.h"

#include <stdlib.h>
#include <string.h>

static void **slots;
static uint32_t slot_count;

uint32_t floor_open(uint32_t count)
{
	slot_count = count;
	slots = calloc(count, sizeof(void *));
	return slots != NULL;
}

void floor_close(void)
{
	for (uint32_t slot = 0; slot < slot_count; slot++)
		free(slots[slot]);
	free(slots);
}

void floor_fill(uint32_t count, uint32_t size)
{
	for (uint32_t slot = 0; slot < count; slot++)
		slots[slot] = malloc(size);
}

void floor_fill_mixed(const uint32_t *sizes, uint32_t count)
{
	for (uint32_t slot = 0; slot < count; slot++)
		slots[slot] = malloc(sizes[slot]);
}

void floor_pairs(uint32_t count, uint32_t size)
{
	while (count--)
		free(malloc(size));
}

void floor_changing_pairs(const uint32_t *sizes, uint32_t count)
{
	for (uint32_t pair = 0; pair < count; pair++)
		free(malloc(sizes[pair]));
}

void floor_churn(const uint32_t *sizes, const uint32_t *victims, uint32_t count)
{
	for (uint32_t choice = 0; choice < count; choice++) {
		uint32_t victim = victims[choice];

		free(slots[victim]);
		slots[victim] = malloc(sizes[choice]);
	}
}

void floor_resize(const uint32_t *sizes, const uint32_t *victims, uint32_t count)
{
	for (uint32_t choice = 0; choice < count; choice++) {
		uint32_t victim = victims[choice];

		slots[victim] = realloc(slots[victim], sizes[choice]);
	}
}

void floor_equal(const uint32_t *order, uint32_t blocks, uint32_t size)
{
	floor_fill(blocks, size);
	for (uint32_t turn = 0; turn < blocks; turn++)
		free(slots[order[turn]]);
	memset(slots, 0, blocks * sizeof(void *));
}

void floor_alternate(uint32_t passes, uint32_t blocks, uint32_t size)
{
	while (passes--) {
		for (uint32_t slot = 0; slot < blocks; slot += 2)
			free(slots[slot]);
		for (uint32_t slot = 0; slot < blocks; slot += 2)
			slots[slot] = malloc(size);
	}
}

void floor_growth(uint32_t passes, uint32_t step, uint32_t limit)
{
	while (passes--) {
		void *block = malloc(step);

		for (uint32_t size = 2 * step; size <= limit; size += step)
			block = realloc(block, size);
		free(block);
	}
}

void floor_grow_all(uint32_t size, uint32_t blocks)
{
	for (uint32_t slot = 0; slot < blocks; slot++)
		slots[slot] = realloc(slots[slot], size);
}

void floor_callocs(uint32_t count, uint32_t size)
{
	while (count--)
		free(calloc(1, size));
}

void floor_moves(uint32_t count, uint32_t size)
{
	while (count--) {
		void *block = malloc(size);
		void *obstacle = malloc(2048);

		free(realloc(block, size + 1024));
		free(obstacle);
	}
}

/* The calls of a trace, as in lab/traces/trace.ts. */
enum { MALLOC, CALLOC, REALLOC, MEMALIGN, FREE };

/* The block of a call without a block, free(NULL). */
#define NO_BLOCK UINT32_MAX

static void floor_call(uint8_t kind, uint32_t block, size_t size, size_t count)
{
	switch (kind) {
	case MALLOC:
	case MEMALIGN:
		slots[block] = malloc(size);
		break;
	case CALLOC:
		slots[block] = calloc(count, size);
		break;
	case REALLOC:
		slots[block] = realloc(slots[block], size);
		break;
	case FREE:
		if (block == NO_BLOCK)
			break;
		free(slots[block]);
		slots[block] = NULL;
	}
}

void floor_trace(const uint8_t *kinds, const uint32_t *blocks, const double *sizes,
                 const double *counts, uint32_t calls)
{
	for (uint32_t call = 0; call < calls; call++)
		floor_call(kinds[call], blocks[call], (size_t)sizes[call],
		           (size_t)counts[call]);
	for (uint32_t slot = 0; slot < slot_count; slot++) {
		free(slots[slot]);
		slots[slot] = NULL;
	}
}

void floor_zero(uint32_t count, uint32_t size)
{
	static char target[1 << 17];

	while (count--) {
		memset(target, 0, size);
		__asm__ volatile("" : : "r"(target) : "memory");
	}
}

void floor_copy(uint32_t count, uint32_t size)
{
	static char from[1 << 17], to[1 << 17];

	while (count--) {
		memcpy(to, from, size);
		__asm__ volatile("" : : "r"(to) : "memory");
	}
}
