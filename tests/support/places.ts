/**
 * The places of the model: a heap on real memory, the model and a written trace can be
 * compared number by number.
 *
 * ```text
 *   0           NULL
 *   2^32 + n    HeapStart + n: n bytes above the break before the first call
 *   k·2^40 + n  <mapped-addrk> + n: n bytes into the k-th mapping made
 * ```
 */
import { HEAP_START, mappingPlace } from "../../model/model.ts";

export { HEAP_START, mappingPlace };

const MAPPING_STRIDE = mappingPlace(1);

/** Which mapping a place lies in: 0 for the heap. */
export function mappingNumber(place: number): number {
  return Math.floor(place / MAPPING_STRIDE);
}

/** Bytes from the start of the place's mapping, or from the heap's start. */
export function offsetIn(place: number): number {
  return place < MAPPING_STRIDE ? place - HEAP_START : place % MAPPING_STRIDE;
}
