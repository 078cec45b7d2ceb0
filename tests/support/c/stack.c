/* Calls of the os_* functions with much of the stack in use. */
#include "osmem.h"

#include <stdint.h>

#define FRAME 512

/* What is called, and with which arguments. */
static void *call(uint32_t function, void *ptr, size_t size)
{
	switch (function) {
	case 0:
		return os_malloc(size);
	case 1:
		return os_calloc(1, size);
	case 2:
		return os_realloc(ptr, size);
	default:
		os_free(ptr);
		return NULL;
	}
}

static __attribute__((noinline)) void *descend(double bytes, uint32_t function, void *ptr,
					       size_t size)
{
	volatile char frame[FRAME];

	frame[0] = 1;
	void *answer = bytes > FRAME ? descend(bytes - FRAME, function, ptr, size)
				     : call(function, ptr, size);
	frame[1] = frame[0];
	return answer;
}

/* Calls it when at least so many bytes of stack are in use, in frames of 512 bytes. */
void *call_at_depth(double bytes, uint32_t function, void *ptr, size_t size)
{
	return descend(bytes, function, ptr, size);
}

/* Calls a hook when at least so many bytes of stack are in use, in frames of 512 bytes. */
void *call_hook_at_depth(double bytes, void *(*hook)(size_t), size_t size)
{
	volatile char frame[FRAME];

	frame[0] = 1;
	void *answer = bytes > FRAME ? call_hook_at_depth(bytes - FRAME, hook, size) : hook(size);
	frame[1] = frame[0];
	return answer;
}
