/*
 * room.h - leaves enough mappings to the runtime.
 *
 * A process may have vm.max_map_count mappings. The kernel counts adjacent mappings of one
 * kind as one. When a mapping is refused to the JavaScript engine it ends the process, so
 * the last eighth of the mappings is reserved for the engine:
 *
 *     0                                              7/8       15/16          limit
 *     | mappings are made and given back ............. | given back | not split |
 *
 * In the last part a mapping is given back only if that cannot raise the count: if nothing
 * is mapped directly before it, or directly after it.
 *
 * The kernel takes a step for each mapping to count them, and a program that makes few
 * mappings never asks it. The kernel is asked again when its last count and the mappings
 * made since reach 7/8: until then the mappings of others are not seen. A mapping is
 * refused only if the count and the limit are at most a quarter of a second old. If /proc
 * cannot be read, the kernel alone decides.
 */
#ifndef OSMEM_ROOM_H
#define OSMEM_ROOM_H

#include <stdint.h>

/* Whether another mapping may be made. If so, it is counted. */
int osmem_has_room(void);

/* Whether this mapping may be given back. If so, that is counted. */
int osmem_has_room_without(uintptr_t start, uintptr_t length);

#endif
