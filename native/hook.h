/*
 * hook.h - C functions of any shape that are answered in TypeScript.
 *
 * A library may want its allocator in another shape than malloc(3) has. There is a
 * fixed number of functions for that too, each of which passes on the registers that
 * integers and pointers come in, without knowing how many of them mean something:
 *
 *     allocate(data, ptr, 0, 100) --> hook 5 --> body(data, ptr, 0, 100, ?, ?)
 *
 * On x86_64 there are six such registers (System V), on aarch64 eight (AAPCS64), and
 * the answer comes back in one as well. Floating-point numbers, structures and further
 * arguments go other ways, and are not possible.
 *
 * A hook belongs to a place of bindings.h, and is refused where that is: it answers 0.
 */
#ifndef OSMEM_HOOK_H
#define OSMEM_HOOK_H

#include <stdint.h>

/* Hooks that there can be at the same time. */
#define HOOK_PLACES 64

/* What TypeScript registers: in truth a function with up to six of these parameters. */
typedef uintptr_t osmem_hook_body(uintptr_t first, uintptr_t second, uintptr_t third,
				  uintptr_t fourth, uintptr_t fifth, uintptr_t sixth);

/* Makes a hook of a place. Returns the function, as C calls it, or NULL if there are
 * HOOK_PLACES already. */
void *osmem_make_hook(int32_t place, osmem_hook_body *body);

/* Gives back all hooks of a place. They refuse every call until they are another's,
 * and as with places that is as late as can be. */
void osmem_give_back_hooks(int32_t place);

#endif
