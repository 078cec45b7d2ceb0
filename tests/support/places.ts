/**
 * Places: addresses that come out the same in every run, so that a heap on real
 * memory, the model and a written trace can be compared number by number.
 *
 * ```text
 *   0           NULL
 *   2^32 + n    HeapStart + n: n bytes above the break before the first call
 *   k·2^40 + n  <mapped-addrk> + n: n bytes into the k-th mapping made
 * ```
 */

/** The break before the first call. Not 0, which is NULL. */
export const HEAP_START = 2 ** 32;

const MAPPING_STRIDE = 2 ** 40;

/** The place of the first byte of the `number`-th mapping, counted from 1. */
export function mappingPlace(number: number): number {
  return number * MAPPING_STRIDE;
}

/** Which mapping a place lies in: 0 for the heap. */
export function mappingNumber(place: number): number {
  return Math.floor(place / MAPPING_STRIDE);
}

/** Bytes from the start of the place's mapping, or from the heap's start. */
export function offsetIn(place: number): number {
  return place < MAPPING_STRIDE ? place - HEAP_START : place % MAPPING_STRIDE;
}
