// @ts-types="@types/d3-scale"
import { scaleLinear } from "d3-scale";
// @ts-types="@types/d3-scale"
import type { ScaleLinear as Linear } from "d3-scale";

/** From numbers to pixels. */
export type ScaleLinear = Linear<number, number>;

const UNIT = 1024;

/** Round numbers of bytes between two, about so many: 0, 20 KiB, 40 KiB … */
export function byteTicks(from: number, to: number, count: number): number[] {
  const power = Math.floor(Math.log(Math.max(to, 1)) / Math.log(UNIT));
  const unit = UNIT ** Math.max(0, power);
  return scaleLinear().domain([from / unit, to / unit]).ticks(count)
    .map((tick) => tick * unit)
    .filter(Number.isInteger);
}

/** Round numbers of calls between two, about so many. */
export function callTicks(from: number, to: number, count: number): number[] {
  return scaleLinear().domain([from, to]).ticks(count)
    .filter(Number.isInteger);
}

export { scaleLinear };
