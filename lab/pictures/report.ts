import { printable } from "../printable.ts";
import { drawFiguresTable } from "./figures_table.ts";
import { bytesPerCell, drawHeapMap, drawLegend } from "./heap_map.ts";
import type { HeapFigures } from "../runs/heap_figures.ts";
import { type Measurements, measurementsOf } from "../replay/measurements.ts";
import type { MemoryKind } from "../replay/open_heap.ts";
import type { Palette } from "./palette.ts";
import type { TraceRun } from "../replay/run_trace.ts";
import {
  formatBytes,
  formatCount,
  formatNanoseconds,
  formatNumberOf,
} from "../words.ts";

/** How a report is written. */
export interface ReportOptions {
  /** Columns that a line of a map may take. */
  readonly width: number;
  /** The colours. */
  readonly palette: Palette;
}

const MEMORY_NAMES: Readonly<Record<MemoryKind, string>> = {
  arena: "a private program break",
  process: "the program break of this process",
};

/**
 * A run for people: what was replayed, the heap at its fullest and at the end,
 * every figure, and how the times were taken.
 */
export function writeReport(run: TraceRun, options: ReportOptions): string {
  const figures = measurementsOf(run);
  return [
    describeRun(figures),
    drawMaps(run, figures, options),
    drawFiguresTable(figures, options.palette),
    describeTiming(figures),
  ].join("\n\n");
}

function describeRun(figures: Measurements): string {
  const { trace, memory, verified } = figures;
  return [
    `Replayed ${formatNumberOf(trace.calls, "call")} of ${
      printable(trace.file)
    }`,
    `(${printable(trace.format)}) on ${MEMORY_NAMES[memory]}.`,
    verified
      ? `The contents of ${formatNumberOf(verified.blocks, "block")} (${
        formatBytes(verified.bytes)
      }) were verified, and so was the heap.`
      : "The heap was verified, the contents of its blocks were not.",
  ].join("\n");
}

function drawMaps(
  { replay: { run } }: TraceRun,
  { fullest, end }: Measurements,
  { width, palette }: ReportOptions,
): string {
  const [full, last] = [
    run.at(fullest.calls).snapshot,
    run.at(end.calls).snapshot,
  ];
  const snapshots = [full, last];
  const options = {
    width,
    palette,
    bytesPerCell: bytesPerCell(snapshots, width),
  };
  return [
    palette.heading(`Fullest moment, ${describeMoment(fullest)}`),
    drawHeapMap(full, options),
    "",
    palette.heading(`End, ${describeMoment(end)}`),
    drawHeapMap(last, options),
    "",
    drawLegend(snapshots, options),
  ].join("\n");
}

function describeMoment(moment: HeapFigures): string {
  return `after call ${formatCount(moment.calls)}: ${
    formatBytes(moment.requestedBytes)
  } live in ${formatNumberOf(moment.liveBlocks, "block")}`;
}

function describeTiming({ speedPasses, timePerCall }: Measurements): string {
  if (timePerCall === null) {
    return "The run was interrupted before all times were taken.";
  }
  const replays = speedPasses === 1
    ? "one replay"
    : `the median of ${speedPasses} replays`;
  return [
    `Calls per second: ${replays} without contents, and without reading`,
    "a clock in between. Time per call: one replay with the clock read",
    `around each call, less the ${
      formatNanoseconds(timePerCall.clockNanoseconds)
    } that reading it takes.`,
  ].join("\n");
}
