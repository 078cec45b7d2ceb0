import { formatBytes, formatCount } from "../lab/words.ts";
import type { Machine } from "./machine.ts";
import { ALL_PEERS, allocations, HOLDING } from "./peers/all.ts";
import type { Footprint, Result, Timing } from "./result.ts";
import type { Table } from "./table.ts";
import { type Target, TARGETS } from "./targets.ts";

const MILLISECONDS = timeFormat("millisecond");
const MICROSECONDS = timeFormat("microsecond");
const NANOSECONDS = timeFormat("nanosecond");

/** The machine, in a line. */
export function describeMachine(machine: Machine): string {
  const { processors, processor, architecture, deno, v8 } = machine;
  return `${processors} × ${processor} (${architecture}), Deno ${deno}, V8 ${v8}`;
}

/** How to read the tables of single cases. */
export const EXPLANATION =
  "The time of an operation: the median of the rounds, and the quartiles. The\n" +
  "allocators take turns, round by round, in one process a table.";

/** A case at one number of blocks: what it is, and a row for each allocator. */
export function tableOf(result: Result): Table {
  const [ours, ...others] = result.timings as [Timing, ...Timing[]];
  return {
    head: ["allocator", "median", "quartiles", `${ours.peer} ÷ it`],
    rows: [
      [...figuresOf(ours), ""],
      ...others.map((other) => [
        ...figuresOf(other),
        formatRatio(ours.median / other.median),
      ]),
    ],
  };
}

/** What stands above the table of a case. */
export function titleOf({ case: name, blocks, operation }: Result): string {
  const live = blocks > 1 ? `, ${formatCount(blocks)} blocks live` : "";
  return `${name}${live}: ${operation}`;
}

/** What stands below it: what a run is, what osmem takes of memory, who is not there. */
export function notesOf(result: Result): string[] {
  const { calls, footprint, leftOut } = result;
  return [
    ...calls ? [describeRun(runOf(result, calls))] : [],
    ...footprint ? [describeFootprint(footprint)] : [],
    ...leftOut,
  ];
}

/** What a C library does once. */
interface Run {
  readonly calls: number;
  /** Nanoseconds with osmem as its allocator. */
  readonly ours: number;
  /** Nanoseconds with glibc's. */
  readonly theirs: number;
  /** Nanoseconds that a call takes longer with osmem. */
  readonly more: number;
}

function runOf({ timings }: Result, calls: number): Run {
  const [ours, theirs] = timings.map(({ median }) => median) as [
    number,
    number,
  ];
  return {
    calls,
    ours: calls * ours,
    theirs: calls * theirs,
    more: ours - theirs,
  };
}

function describeRun({ calls, ours, theirs, more }: Run): string {
  return `A run makes ${formatCount(calls)} calls and takes ` +
    `${formatTime(ours)} instead of ${formatTime(theirs)}: ` +
    `${formatTime(more)} more a call.`;
}

function describeFootprint(footprint: Footprint): string {
  const { peakLive, peakLiveWithHeaders, peakFootprint, tables } = footprint;
  return `Footprint: ${formatBytes(peakFootprint)} for ${
    formatBytes(peakLive)
  } live, ` +
    `${formatRatio(peakFootprint / peakLive)} times as much; ` +
    `${formatRatio(peakFootprint / peakLiveWithHeaders)} with headers. ` +
    `Tables: ${formatBytes(tables)}.`;
}

/** Every target whose figures were measured, and whether it was reached. */
export function targetTable(results: readonly Result[]): Table {
  return {
    head: ["case", "compared with", "target", "measured", ""],
    rows: TARGETS.flatMap((target) => {
      const reached = target.reached(results);
      return reached === undefined ? [] : [targetRow(target, reached)];
    }),
  };
}

function targetRow(target: Target, reached: number): string[] {
  const { name, comparedWith, most, unit } = target;
  return [
    name,
    comparedWith,
    `≤ ${most}${unit}`,
    `${formatRatio(reached)}${unit}`,
    reached <= most ? "reached" : "missed",
  ];
}

/** Every case of ours in a line: osmem's time, and its ratio to that of each other. */
export function ratioTable(results: readonly Result[]): Table {
  const peers = ALL_PEERS.slice(1).map(({ name }) => name);
  return {
    head: [
      "case",
      "live blocks",
      "osmem",
      ...peers.map((peer) => `÷ ${peer}`),
    ],
    rows: results.filter(isOfOurs).map((
      { case: name, blocks, timings },
    ) => {
      const [ours, ...others] = timings as [Timing, ...Timing[]];
      const ratios = peers.map((peer) => {
        const other = others.find((timing) => timing.peer === peer);
        return other ? formatRatio(ours.median / other.median) : "";
      });
      return [name, formatCount(blocks), formatTime(ours.median), ...ratios];
    }),
  };
}

/** Those of C libraries have a table of their own, and so has holding memory. */
function isOfOurs(result: Result): boolean {
  return result.calls === undefined && result.timings.length > 0 &&
    !isOfHolding(result);
}

function isOfHolding({ timings }: Result): boolean {
  return timings[0]?.peer === allocations.name;
}

/** What it costs to hold memory in every way that there is. */
export function holdingTable(results: readonly Result[]): Table {
  const peers = HOLDING.map(({ name }) => name);
  return {
    head: ["case", ...peers],
    rows: results.filter(isOfHolding).map(({ case: name, timings }) => [
      name,
      ...peers.map((peer) => {
        const timing = timings.find((timing) => timing.peer === peer);
        return timing ? formatTime(timing.median) : "";
      }),
    ]),
  };
}

/** What C libraries take with osmem as their allocator, and with glibc. */
export function clientTable(results: readonly Result[]): Table {
  return {
    head: [
      "case",
      "calls",
      "a run on osmem",
      "a run on glibc",
      "ratio",
      "more a call",
    ],
    rows: results.flatMap((result) => {
      if (!result.calls) return [];
      const { calls, ours, theirs, more } = runOf(result, result.calls);
      const times = [ours, theirs].map(formatTime);
      const ratio = formatRatio(ours / theirs);
      return [
        [result.case, formatCount(calls), ...times, ratio, formatTime(more)],
      ];
    }),
  };
}

/** What osmem takes of memory in every case. */
export function footprintTable(results: readonly Result[]): Table {
  return {
    head: [
      "case",
      "live blocks",
      "held",
      "÷ live",
      "÷ live with headers",
      "tables",
      "tables ÷ held",
    ],
    rows: results.flatMap(({ case: name, blocks, footprint }) =>
      footprint ? [[name, formatCount(blocks), ...sharesOf(footprint)]] : []
    ),
  };
}

function sharesOf(footprint: Footprint): string[] {
  const { peakLive, peakLiveWithHeaders, peakFootprint, tables } = footprint;
  return [
    formatBytes(peakFootprint),
    formatRatio(peakFootprint / peakLive),
    formatRatio(peakFootprint / peakLiveWithHeaders),
    formatBytes(tables),
    formatRatio(tables / peakFootprint),
  ];
}

function figuresOf(timing: Timing): [string, string, string] {
  const { peer, median, lowerQuartile, upperQuartile } = timing;
  const quartiles = [lowerQuartile, upperQuartile].map(formatTime).join("–");
  return [peer, formatTime(median), quartiles];
}

function timeFormat(unit: string): Intl.NumberFormat {
  return new Intl.NumberFormat("en", {
    style: "unit",
    unit,
    maximumFractionDigits: 1,
    maximumSignificantDigits: 3,
    roundingPriority: "lessPrecision",
  });
}

/** Nanoseconds in the unit that needs the fewest digits. */
function formatTime(nanoseconds: number): string {
  if (nanoseconds >= 1e6) return MILLISECONDS.format(nanoseconds / 1e6);
  if (nanoseconds >= 1e4) return MICROSECONDS.format(nanoseconds / 1e3);
  return NANOSECONDS.format(nanoseconds);
}

/** Two digits behind the point, or two that are not 0. */
function formatRatio(ratio: number): string {
  return ratio >= 0.1 || ratio === 0
    ? ratio.toFixed(2)
    : ratio.toPrecision(ratio < 0.01 ? 1 : 2);
}
