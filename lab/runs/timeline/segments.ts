import type { Address } from "@osmem/osmem";
import type { HeapSnapshot } from "../heap_snapshot.ts";
import { regionsOf } from "../regions.ts";
import type { BreakRaise } from "./break_raises.ts";

/** A part of the heap that holds no memory of others. */
export interface Segment {
  /** The address of its first byte. */
  readonly start: Address;
  /** The address past its last byte. */
  readonly end: Address;
}

/**
 * The segments of a heap after all raises of its break.
 *
 * @param initial The blocks that it had before the first raise.
 * @param raises The raises, in order.
 */
export function segmentsOf(
  initial: HeapSnapshot,
  raises: readonly BreakRaise[],
): Segment[] {
  const segments: Segment[] = regionsOf(initial).segments.map(
    ({ start, length }) => ({ start, end: start + length }),
  );
  for (const { from, to } of raises) {
    const last = segments.at(-1);
    if (last?.end !== from) segments.push({ start: from, end: to });
    else segments[segments.length - 1] = { start: last.start, end: to };
  }
  return segments;
}

/**
 * The segments as they were before later raises.
 *
 * @param segments The segments after all raises.
 * @param raises The raises, in order.
 * @param calls Calls made before the moment.
 */
export function segmentsAfter(
  segments: readonly Segment[],
  raises: readonly BreakRaise[],
  calls: number,
): Segment[] {
  const later = raises.filter(({ after }) => after > calls);
  const earlier = later[0]?.from ?? Infinity;
  return segments.filter(({ start }) => start < earlier)
    .map(({ start, end }) => ({ start, end: Math.min(end, earlier) }));
}
