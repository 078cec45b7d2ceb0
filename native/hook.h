/*
 * hook.h - C functions of other shapes that TypeScript answers.
 *
 * A library may want an allocator of another shape than malloc(3). There is a fixed
 * number of functions for that, called hooks. A hook passes on the registers of
 * integer and pointer arguments, without knowing how many of them are in use:
 *
 *     allocate(data, ptr, 0, 100) --> hook 5 --> body(data, ptr, 0, 100, ?, ?)
 *
 * On x86_64 there are six such registers (System V), on aarch64 eight (AAPCS64), and
 * the answer is returned in one of them. Floating-point numbers, structures and
 * further arguments are passed in other ways, and are not supported.
 *
 * A hook belongs to a place of bindings.h. It refuses the calls that the place refuses,
 * and answers 0.
 */
#ifndef OSMEM_HOOK_H
#define OSMEM_HOOK_H

#include <stdint.h>

/* Hooks that can exist at the same time. */
#define HOOK_PLACES 64

/* The body that TypeScript registers: it may have fewer parameters than this. */
typedef uintptr_t osmem_hook_body(uintptr_t first, uintptr_t second, uintptr_t third,
				  uintptr_t fourth, uintptr_t fifth, uintptr_t sixth);

/* A body that takes and returns numbers. JavaScript makes them from doubles at once;
 * pointers and integers of 64 bits become objects, which takes three times as long. */
typedef double osmem_number_body(double first, double second, double third, double fourth,
				 double fifth, double sixth);

/* Arguments that a hook passes on. */
#define HOOK_ARGUMENTS 6

/* Makes a hook of a place. Returns the function, as C calls it, or NULL if there are
 * HOOK_PLACES hooks already. */
void *osmem_make_hook(int32_t place, osmem_hook_body *body);

/* Makes a hook whose body takes and returns numbers. For each argument, `unused` has how
 * many upper bits of its register have no meaning, negated if the argument is signed: 0
 * for 64 bits, which count as signed, -32 for an int, 56 for an unsigned char. */
void *osmem_make_number_hook(int32_t place, osmem_number_body *body,
			     const int8_t unused[HOOK_ARGUMENTS]);

/* Gives back all hooks of a place. They refuse every call until another place gets
 * them; hooks are taken in turn, as places are. */
void osmem_give_back_hooks(int32_t place);

#endif
