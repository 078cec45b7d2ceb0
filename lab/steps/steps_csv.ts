import { stringify } from "csv-stringify/sync";
import type { Step } from "./steps.ts";

/** The calls of a small run as CSV (RFC 4180), with a line of headings. */
export function stepsToCsv(steps: readonly Step[]): string {
  const records = steps.map(({ freeBlocks, ...step }) => ({
    ...step,
    freeBlocks: freeBlocks.map(({ header, size }) => `${header}: ${size}`)
      .join("; "),
  }));
  return stringify(records, { header: true }).trimEnd();
}
