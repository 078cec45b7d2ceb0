import Table from "cli-table3";
import { formatCount } from "../lab/units.ts";
import type { Machine } from "./machine.ts";
import type { Result, Timing } from "./measure.ts";

/** The machine, in a line. */
export function describeMachine(machine: Machine): string {
  const { processors, processor, architecture, deno, v8 } = machine;
  return `${processors} × ${processor} (${architecture}), Deno ${deno}, V8 ${v8}`;
}

/** How to read the tables. */
export const EXPLANATION =
  "Nanoseconds an operation: the median of the rounds, and in brackets the\n" +
  "quartiles. The allocators take turns, round by round, in one process a line.";

/**
 * A case as a table: a row for each number of blocks, the others' times divided
 * by ours, and how much the cost grows from the first row to the last.
 *
 * @param results The case at each number of blocks; at least one.
 */
export function drawCase(results: readonly [Result, ...Result[]]): string {
  const [first] = results;
  const peers = first.timings.map(({ peer }) => peer);
  const [ours, ...others] = peers;
  const table = new Table({
    head: [
      "live blocks",
      ...peers,
      ...others.map((peer) => `${ours} ÷ ${peer}`),
    ],
    colAligns: Array.from({ length: 2 * peers.length }, () => "right"),
    style: { head: [], border: [], compact: true },
  });
  for (const { blocks, timings } of results) {
    table.push([
      formatCount(blocks),
      ...timings.map(formatTiming),
      ...ratiosOf(timings).map(formatRatio),
    ]);
  }
  if (results.length > 1) table.push(growthRow(results));
  return [
    `${first.case}: ${first.operation}`,
    table.toString(),
    ...first.leftOut,
  ].join("\n");
}

/** Our time divided by each of the others'. */
export function ratiosOf(timings: readonly Timing[]): number[] {
  const [ours, ...others] = timings;
  return others.map(({ median }) => (ours as Timing).median / median);
}

function growthRow(results: readonly Result[]): string[] {
  const first = (results[0] as Result).timings;
  const last = (results.at(-1) as Result).timings;
  const growths = last.map(({ median }, index) =>
    `× ${formatRatio(median / (first[index] as Timing).median)}`
  );
  const empty = first.slice(1).map(() => "");
  return ["first to last", ...growths, ...empty];
}

function formatTiming(timing: Timing): string {
  const [median, lower, upper] = [
    timing.median,
    timing.lowerQuartile,
    timing.upperQuartile,
  ].map((nanoseconds) => nanoseconds.toFixed(0));
  return `${median} (${lower}–${upper})`;
}

function formatRatio(ratio: number): string {
  return ratio.toFixed(2);
}
