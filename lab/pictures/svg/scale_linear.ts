// @ts-types="@types/d3-scale"
import { scaleLinear } from "d3-scale";
// @ts-types="@types/d3-scale"
import type { ScaleLinear as Linear } from "d3-scale";

/** From numbers to pixels. */
export type ScaleLinear = Linear<number, number>;

/** Multiples of a power of two between two numbers of bytes, at most about `count`. */
export function byteTicks(from: number, to: number, count: number): number[] {
  const step = 2 ** Math.ceil(Math.log2(Math.max(1, (to - from) / count)));
  const first = Math.ceil(from / step);
  const length = Math.floor(to / step) - first + 1;
  return Array.from({ length }, (_, index) => (first + index) * step);
}

/** Round numbers of calls between two, about `count`. */
export function callTicks(from: number, to: number, count: number): number[] {
  return scaleLinear().domain([from, to]).ticks(count)
    .filter(Number.isInteger);
}

export { scaleLinear };
