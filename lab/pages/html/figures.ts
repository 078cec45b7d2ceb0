import { formatBytes, formatCount, formatShare } from "../../pictures/units.ts";
import type { RunStats } from "../../runs/run_stats.ts";
import { escapeHtml } from "./escape.ts";

/** The figures of a whole run as a list of terms. */
export function figuresHtml(stats: RunStats): string {
  const entries = figuresOf(stats).map(([name, value, note]) =>
    `<div><dt>${name}</dt><dd>${value}</dd><dd class="note">${
      escapeHtml(note)
    }</dd></div>`
  );
  return `<dl class="figures">${entries.join("")}</dl>`;
}

type Figure = readonly [name: string, value: string, note: string];

function figuresOf(stats: RunStats): Figure[] {
  const { systemCalls, end } = stats;
  const system = systemCalls.sbrk + systemCalls.mmap + systemCalls.munmap;
  return [
    ["Calls", formatCount(stats.calls), callsNote(stats)],
    [
      "Peak live",
      formatBytes(stats.peakRequestedBytes),
      `requested, of ${formatCount(stats.blocks)} blocks in all`,
    ],
    [
      "Peak footprint",
      formatBytes(stats.peakFootprintBytes),
      "held from the system",
    ],
    [
      "Utilisation",
      formatShare(stats.peakUtilisation),
      "peak live of peak footprint",
    ],
    [
      "Fragmentation",
      formatShare(end.externalFragmentation),
      "of free memory, at the end",
    ],
    [
      "Break raised",
      `${formatCount(stats.growths)}×`,
      `${formatCount(stats.blockedRequests)} although enough was free`,
    ],
    [
      "System calls",
      formatCount(system),
      `sbrk ${formatCount(systemCalls.sbrk)}, mmap ` +
      `${formatCount(systemCalls.mmap)}, munmap ${
        formatCount(systemCalls.munmap)
      }`,
    ],
  ];
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
