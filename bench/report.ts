import Table3 from "cli-table3";
import { markdownTable } from "markdown-table";
import { formatBytes, formatCount } from "../lab/words.ts";
import {
  ALL_PEERS,
  allocations,
  glibc,
  OWNING,
  type Peer,
} from "./peers/all.ts";
import type { Footprint, Machine, Result, Timing } from "./result.ts";
import { type Target, TARGETS } from "./targets.ts";

/** Figures in rows, under a head. */
export interface Table {
  /** The names of the columns. */
  readonly head: readonly string[];
  /** As many cells each as there are columns. */
  readonly rows: readonly (readonly string[])[];
}

/** Columns of these names hold words; all others hold figures. */
const WORDS = [
  "allocator",
  "case",
  "compared with",
  "condition",
  "operation",
  "value",
];

/** Draws a table for the terminal. */
export function drawTable({ head, rows }: Table): string {
  const table = new Table3({
    head: [...head],
    colAligns: head.map((name) => WORDS.includes(name) ? "left" : "right"),
    style: { head: [], border: [], compact: true },
  });
  table.push(...rows.map((row) => [...row]));
  return table.toString();
}

/** Draws a table in Markdown. */
export function drawMarkdownTable({ head, rows }: Table): string {
  return markdownTable([head, ...rows], {
    align: head.map((name) => WORDS.includes(name) ? "left" : "right"),
  });
}

const MILLISECONDS = timeFormat("millisecond");
const MICROSECONDS = timeFormat("microsecond");
const NANOSECONDS = timeFormat("nanosecond");

/** The machine, in a line. */
export function describeMachine(machine: Machine): string {
  const { processors, processor, architecture, deno, v8 } = machine;
  return `${processors} × ${processor} (${architecture}), Deno ${deno}, V8 ${v8}`;
}

/** How to read the table of one case. */
export const EXPLANATION =
  "Each table shows the time of an operation: the median of the rounds, and their\n" +
  "quartiles. The allocators of a table take turns in one process, round by round.";

/** A case at one number of blocks, a row for each allocator. */
export function tableOf(result: Result): Table {
  const [ours, ...others] = result.timings as [Timing, ...Timing[]];
  return {
    head: ["allocator", "median", "quartiles", `${ours.peer} ÷ allocator`],
    rows: [
      [...figuresOf(ours), ""],
      ...others.map((other) => [
        ...figuresOf(other),
        formatRatio(ours.median / other.median),
      ]),
    ],
  };
}

/** The title of the table of a case. */
export function titleOf({ case: name, blocks, operation }: Result): string {
  const live = blocks > 1 ? `, ${formatCount(blocks)} blocks live` : "";
  return `${name}${live}: ${operation}`;
}

/** The lines below the table of a case: its runs, its memory, and who was left out. */
export function notesOf(result: Result): string[] {
  const { calls, footprint, leftOut } = result;
  return [
    ...calls ? [describeRun(runOf(result, calls))] : [],
    ...footprint ? [describeFootprint(footprint)] : [],
    ...leftOut,
  ];
}

/** A run of a C library. */
interface Run {
  readonly calls: number;
  /** Nanoseconds with osmem as its allocator. */
  readonly ours: number;
  /** Nanoseconds with glibc as its allocator. */
  readonly theirs: number;
  /** Nanoseconds that a call takes longer with osmem than with glibc. */
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
  return `Footprint: ${formatBytes(peakFootprint)} for ` +
    `${formatBytes(peakLive)} live, ` +
    `${formatRatio(peakFootprint / peakLive)} times as much; ` +
    `${formatRatio(peakFootprint / peakLiveWithHeaders)} with headers. ` +
    `Tables: ${formatBytes(tables)}.`;
}

/** Every target whose figures were measured, and whether it was reached. */
export function targetTable(results: readonly Result[]): Table {
  return {
    head: ["case", "compared with", "target", "measured", "result"],
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

/** A case in a line: osmem's time, and its ratio to the time of other allocators. */
export function ratioTable(
  results: readonly Result[],
  peers: readonly Peer[] = ALL_PEERS.slice(1),
): Table {
  return {
    head: [
      "case",
      "live blocks",
      "osmem",
      ...peers.map(({ name }) => `÷ ${name}`),
    ],
    rows: results.filter(isOfRatios).map((result) => [
      ...osmemIn(result),
      ...peers.map((peer) => {
        const ratio = ratioTo(peer, result);
        return ratio === undefined ? "" : formatRatio(ratio);
      }),
    ]),
  };
}

/** Cases that were measured on glibc through FFI: its time, osmem's, and their ratio. */
export function glibcTable(results: readonly Result[]): Table {
  return {
    head: ["case", "live blocks", "osmem", glibc.name, "osmem ÷ glibc"],
    rows: results.flatMap((result) => {
      const theirs = timingOn(glibc, result);
      const ratio = ratioTo(glibc, result);
      return theirs && ratio !== undefined
        ? [[...osmemIn(result), formatTime(theirs.median), formatRatio(ratio)]]
        : [];
    }),
  };
}

/** Which case it is, and osmem's time. */
function osmemIn({ case: name, blocks, timings }: Result): string[] {
  return [name, formatCount(blocks), formatTime(timings[0]!.median)];
}

/** osmem's time divided by another allocator's, if both were measured. */
export function ratioTo(peer: Peer, result: Result): number | undefined {
  const ours = result.timings[0];
  const other = timingOn(peer, result);
  return ours && other && ours.median / other.median;
}

function timingOn(peer: Peer, { timings }: Result): Timing | undefined {
  return timings.find((timing) => timing.peer === peer.name);
}

/** Whether a case is compared with other allocators, and has no table of its own. */
export function isOfRatios(result: Result): boolean {
  return result.calls === undefined && !isOfOwning(result) &&
    ALL_PEERS.slice(1).some((peer) => timingOn(peer, result));
}

function isOfOwning({ timings }: Result): boolean {
  return timings[0]?.peer === allocations.name;
}

/** What it costs that an object owns a block, and what its alternatives cost. */
export function owningTable(results: readonly Result[]): Table {
  return {
    head: ["case", ...OWNING.map(({ name }) => name)],
    rows: results.filter(isOfOwning).map((result) => [
      result.case,
      ...OWNING.map((peer) => {
        const timing = timingOn(peer, result);
        return timing ? formatTime(timing.median) : "";
      }),
    ]),
  };
}

/** The time of C libraries with osmem as their allocator, and with glibc. */
export function clientTable(results: readonly Result[]): Table {
  return {
    head: [
      "case",
      "calls",
      "run on osmem",
      "run on glibc",
      "osmem ÷ glibc",
      "difference a call",
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

/** How much memory osmem takes in every case. */
export function footprintTable(results: readonly Result[]): Table {
  return {
    head: [
      "case",
      "live blocks",
      "footprint",
      "÷ live",
      "÷ live with headers",
      "tables",
      "tables ÷ footprint",
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

/** Two digits after the point; one or two that are not 0 for small ratios. */
function formatRatio(ratio: number): string {
  return ratio >= 0.1 || ratio === 0
    ? ratio.toFixed(2)
    : ratio.toPrecision(ratio < 0.01 ? 1 : 2);
}
