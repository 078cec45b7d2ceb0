#include "bench.h"

#include <dlfcn.h>
#include <stddef.h>
#include <stdlib.h>

static void *pointer(double address)
{
	return (void *)(uintptr_t)address;
}

static double address(void *pointer)
{
	return (double)(uintptr_t)pointer;
}

double glibc_malloc(uint32_t size)
{
	return address(malloc(size));
}

double glibc_calloc(uint32_t count, uint32_t size)
{
	return address(calloc(count, size));
}

double glibc_realloc(double block, uint32_t size)
{
	return address(realloc(pointer(block), size));
}

void glibc_free(double block)
{
	free(pointer(block));
}

static void *(*mi_malloc)(size_t);
static void *(*mi_calloc)(size_t, size_t);
static void *(*mi_realloc)(void *, size_t);
static void (*mi_free)(void *);

uint32_t mimalloc_open(void)
{
	void *library = dlopen("libmimalloc.so.2", RTLD_NOW | RTLD_LOCAL);

	if (library == NULL)
		return 0;
	*(void **)&mi_malloc = dlsym(library, "mi_malloc");
	*(void **)&mi_calloc = dlsym(library, "mi_calloc");
	*(void **)&mi_realloc = dlsym(library, "mi_realloc");
	*(void **)&mi_free = dlsym(library, "mi_free");
	return mi_malloc && mi_calloc && mi_realloc && mi_free;
}

double mimalloc_malloc(uint32_t size)
{
	return address(mi_malloc(size));
}

double mimalloc_calloc(uint32_t count, uint32_t size)
{
	return address(mi_calloc(count, size));
}

double mimalloc_realloc(double block, uint32_t size)
{
	return address(mi_realloc(pointer(block), size));
}

void mimalloc_free(double block)
{
	mi_free(pointer(block));
}
