import { stringify } from "csv-stringify/sync";
import type { Measurements } from "./measurements.ts";

/**
 * Every figure of a run as CSV (RFC 4180): a line for each, named by its path in
 * {@linkcode Measurements}, as in `fullest.freeBytes`.
 */
export function measurementsToCsv(figures: Measurements): string {
  return stringify([["figure", "value"], ...flatten(figures, "")]).trimEnd();
}

function flatten(value: object, path: string): [string, unknown][] {
  return Object.entries(value).flatMap(([name, inner]): [string, unknown][] =>
    typeof inner === "object" && inner !== null
      ? flatten(inner, `${path}${name}.`)
      : [[`${path}${name}`, inner]]
  );
}
