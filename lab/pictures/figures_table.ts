import Table from "cli-table3";
import { CALL_NAMES } from "../traces/trace.ts";
import type { Measurements } from "../replay/measurements.ts";
import type { HeapFigures } from "../runs/heap_figures.ts";
import type { Palette } from "./palette.ts";
import {
  formatBytes,
  formatCount,
  formatNanoseconds,
  formatShare,
} from "../words.ts";

const COLUMNS = 3; // name, fullest moment, end

/** A line of the table: its name, and one value or one for each moment. */
type Line = readonly [name: string, ...values: string[]];

/** Draws every figure of a run as a table. */
export function drawFiguresTable(
  figures: Measurements,
  palette: Palette,
): string {
  const table = new Table({ style: { head: [], border: [], compact: true } });
  const addGroup = (heading: Line, lines: readonly Line[]) => {
    table.push(row(heading.map(palette.heading)));
    for (const [name, ...values] of lines) {
      table.push(row([`  ${name}`, ...values]));
    }
  };
  addGroup(["Calls", ""], callLines(figures));
  addGroup(["Heap", "fullest moment", "end"], momentLines(figures));
  addGroup(["Whole run", ""], runLines(figures));
  if (figures.callsPerSecond !== null) {
    addGroup(["Speed", ""], speedLines(figures));
  }
  return table.toString();
}

function callLines({ callsByKind, trace }: Measurements): Line[] {
  const kinds = CALL_NAMES.filter((name) => callsByKind[name] > 0);
  return [
    ...kinds.map((name): Line => [name, formatCount(callsByKind[name])]),
    ["together", formatCount(trace.calls)],
    ["realloc of NULL among them", formatCount(trace.nullReallocs)],
    ["free of NULL among them", formatCount(trace.nullFrees)],
  ];
}

function momentLines({ fullest, end }: Measurements): Line[] {
  const line = (
    name: string,
    valueOf: (moment: HeapFigures) => string,
  ): Line => [name, valueOf(fullest), valueOf(end)];
  return [
    line("calls so far", (at) => formatCount(at.calls)),
    line("live blocks", (at) => formatCount(at.liveBlocks)),
    line("live bytes, as requested", (at) => formatBytes(at.requestedBytes)),
    line("footprint", (at) => formatBytes(at.footprintBytes)),
    line("header bytes", (at) => formatBytes(at.headerBytes)),
    line(
      "internal fragmentation",
      (at) => formatBytes(at.internalFragmentationBytes),
    ),
    line("free bytes", (at) => formatBytes(at.freeBytes)),
    line("largest free block", (at) => formatBytes(at.largestFreeBytes)),
    line(
      "external fragmentation",
      (at) => formatShare(at.externalFragmentation),
    ),
  ];
}

function runLines(figures: Measurements): Line[] {
  const { sbrk, mmap, munmap } = figures.systemCalls;
  return [
    ["peak live bytes", formatBytes(figures.peakLiveBytes)],
    ["peak footprint", formatBytes(figures.peakFootprintBytes)],
    ["peak utilisation", formatShare(figures.peakUtilisation)],
    ["blocked requests", formatCount(figures.blockedRequests)],
    ["system calls: sbrk", formatCount(sbrk)],
    ["system calls: mmap", formatCount(mmap)],
    ["system calls: munmap", formatCount(munmap)],
    ["allocator's own tables", formatBytes(figures.tableBytes)],
  ];
}

function speedLines({ callsPerSecond, timePerCall }: Measurements): Line[] {
  const lines: Line[] = [];
  if (callsPerSecond !== null) {
    lines.push(["calls per second", formatCount(callsPerSecond)]);
  }
  if (timePerCall === null) return lines;
  const { medianNanoseconds, p99Nanoseconds } = timePerCall;
  return [
    ...lines,
    ["time per call, median", formatNanoseconds(medianNanoseconds)],
    ["time per call, p99", formatNanoseconds(p99Nanoseconds)],
  ];
}

/** A single value takes the place of both moments. */
function row([name = "", ...values]: readonly string[]) {
  const colSpan = COLUMNS - values.length;
  const cells = values.map((content) => ({
    content,
    colSpan,
    hAlign: "right" as const,
  }));
  return [name, ...cells];
}
