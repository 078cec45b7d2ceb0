import { type Options, stringify } from "csv-stringify/sync";
import { COMPARED_FIGURES, type ComparisonRow } from "../compare/comparison.ts";
import type { BlockRow } from "../pictures/blocks/block_rows.ts";
import type { Measurements } from "../replay/measurements.ts";
import { printableLines } from "../printable.ts";
import { type Exercise, HIDDEN, type Step } from "../steps/steps.ts";

// What commands print with `--csv`: RFC 4180, with a line of headings.

/** The blocks of a heap: a line for each. */
export function blocksToCsv(rows: readonly BlockRow[]): string {
  return csv([...rows], { header: true });
}

/** The calls of a small run: a line for each. */
export function stepsToCsv(steps: readonly (Step | Exercise)[]): string {
  const records = steps.map(({ freeBlocks, ...step }) => ({
    ...step,
    freeBlocks: freeBlocks === HIDDEN
      ? HIDDEN
      : freeBlocks.map(({ header, size }) => `${header}: ${size}`).join("; "),
  }));
  return csv(records, { header: true });
}

/** A comparison of policies: a line for each trace under each of them. */
export function comparisonToCsv(rows: readonly ComparisonRow[]): string {
  const [first] = rows;
  const columns = [
    "trace",
    ...Object.keys(first?.policy ?? {}),
    ...Object.keys(COMPARED_FIGURES),
  ];
  const records = rows.map(({ policy, ...row }) => ({ ...row, ...policy }));
  return csv(records, {
    header: true,
    columns,
    cast: { boolean: String },
  });
}

/**
 * Every figure of a replay: a line for each, named by its path in
 * {@linkcode Measurements}, as in `fullest.freeBytes`.
 */
export function measurementsToCsv(figures: Measurements): string {
  return csv([["figure", "value"], ...flatten(figures, "")]);
}

function flatten(value: object, path: string): [string, unknown][] {
  return Object.entries(value).flatMap(([name, inner]): [string, unknown][] =>
    typeof inner === "object" && inner !== null
      ? flatten(inner, `${path}${name}.`)
      : [[`${path}${name}`, inner]]
  );
}

/** Texts from outside are data in a file, and must not be commands on a terminal. */
function csv(records: readonly unknown[], options: Options = {}): string {
  const text = stringify([...records], options).trimEnd();
  return Deno.stdout.isTerminal() ? printableLines(text) : text;
}
