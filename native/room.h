/*
 * room.h - leaves mappings to the runtime.
 *
 * A process may have vm.max_map_count mappings, as the kernel counts them: those that lie
 * side by side and are alike are one. The JavaScript engine ends the process when it is
 * refused one, so the last eighth is its own:
 *
 *     0                                              7/8       15/16          limit
 *     | mappings are made and given back ............. | given back | not split |
 *
 * In the last part a mapping is given back only if the number cannot rise by that: if
 * there is nothing before or behind it.
 *
 * What the kernel counts takes a step for each mapping to find out, and programs that make
 * few never ask it. What was counted and each mapping made since must come to 7/8 before it
 * is asked again: what others map is unseen until then. A mapping is refused only by a
 * count, and a limit, of the last quarter of a second. Where /proc cannot be read the kernel
 * alone decides.
 */
#ifndef OSMEM_ROOM_H
#define OSMEM_ROOM_H

#include <stdint.h>

/* Whether another mapping is to be made. Then it counts as made. */
int osmem_has_room(void);

/* Whether this mapping is to be given back. Then it counts as given back. */
int osmem_has_room_without(uintptr_t start, uintptr_t length);

#endif
