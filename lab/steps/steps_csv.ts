import { stringify } from "csv-stringify/sync";
import { type Exercise, HIDDEN } from "./exercises.ts";
import type { Step } from "./steps.ts";

/** The calls of a small run as CSV (RFC 4180), with a line of headings. */
export function stepsToCsv(steps: readonly (Step | Exercise)[]): string {
  const records = steps.map(({ freeBlocks, ...step }) => ({
    ...step,
    freeBlocks: freeBlocks === HIDDEN
      ? HIDDEN
      : freeBlocks.map(({ header, size }) => `${header}: ${size}`).join("; "),
  }));
  return stringify(records, { header: true }).trimEnd();
}
