import { escape } from "@std/html/entities";
import {
  formatBytes,
  formatCount,
  formatNumberOf,
  formatShare,
} from "../../words.ts";
import type { RunStats } from "../../runs/run_stats.ts";

/** The figures of a whole run as a list of terms. */
export function figuresHtml(stats: RunStats): string {
  const entries = figuresOf(stats).map(([name, value, note]) =>
    `<div><dt>${name}</dt><dd>${value}</dd><dd class="note">${
      escape(note)
    }</dd></div>`
  );
  return `<dl class="figures">${entries.join("")}</dl>`;
}

type Figure = readonly [name: string, value: string, note: string];

function figuresOf(stats: RunStats): Figure[] {
  return [
    ["Calls", formatCount(stats.calls), callsNote(stats)],
    ...memoryFigures(stats),
    ["Heap grew", formatNumberOf(stats.growths, "time"), growthsNote(stats)],
    systemFigure(stats),
  ];
}

function memoryFigures(stats: RunStats): Figure[] {
  const blocks = formatNumberOf(stats.blocks, "block");
  return [
    [
      "Peak live",
      formatBytes(stats.peakRequestedBytes),
      `requested, of ${blocks} in all`,
    ],
    [
      "Peak footprint",
      formatBytes(stats.peakFootprintBytes),
      "obtained from the system",
    ],
    [
      "Utilisation",
      formatShare(stats.peakUtilisation),
      "peak live ÷ peak footprint",
    ],
    [
      "Fragmentation",
      formatShare(stats.end.externalFragmentation),
      "of free memory, at the end",
    ],
  ];
}

function growthsNote({ blockedRequests }: RunStats): string {
  return `${
    formatNumberOf(blockedRequests, "time")
  } although enough bytes were free`;
}

function systemFigure({ systemCalls }: RunStats): Figure {
  const counts = Object.entries(systemCalls);
  const all = counts.reduce((sum, [, count]) => sum + count, 0);
  const note = counts.map(([name, count]) => `${name} ${formatCount(count)}`);
  return ["System calls", formatCount(all), note.join(", ")];
}

function callsNote({ callsByKind, refusedCalls }: RunStats): string {
  const kinds = Object.entries(callsByKind)
    .filter(([, count]) => count > 0)
    .map(([name, count]) => `${name} ${formatCount(count)}`);
  const refused = refusedCalls === 0
    ? []
    : [`${formatCount(refusedCalls)} refused`];
  return [...kinds, ...refused].join(", ");
}
