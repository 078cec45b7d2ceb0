/// <reference lib="dom" />
import { formatBytes, formatShare } from "../../../words.ts";
import { find } from "../dom.ts";
import type { RunView } from "../state/run_view.ts";
import { Chart, type ChartKind } from "./chart.ts";

/** Shows live bytes, footprint and fragmentation over the calls. */
export function initialiseCharts(panel: HTMLElement, view: RunView): void {
  new Chart(find(panel, "[data-chart=memory]"), view, memoryChart(view));
  new Chart(
    find(panel, "[data-chart=fragmentation]"),
    view,
    fragmentationChart(view),
  );
}

function memoryChart({ run }: RunView): ChartKind {
  const { footprintBytes, requestedBytes } = run.totals;
  return {
    name: "Live bytes and footprint",
    steps: Array.from({ length: 50 }, (_, power) => 2 ** power),
    lines: [
      { name: "Footprint", colour: 0 },
      { name: "Live, as requested", colour: 1 },
    ],
    source: {
      length: footprintBytes.length,
      callsAt: (index) => index,
      lines: [
        (index) => footprintBytes[index]!,
        (index) => requestedBytes[index]!,
      ],
    },
    format: formatBytes,
  };
}

function fragmentationChart({ run }: RunView): ChartKind {
  const { samples } = run.data;
  const { calls, freeBytes, largestFreeBytes, liveBytes, requestedBytes } =
    samples;
  return {
    name: "Fragmentation: external, the share of free memory outside the " +
      "largest free block; internal, the share of payload that was not requested",
    steps: [0.1, 0.25, 0.5, 1],
    lines: [
      { name: "External", colour: 2 },
      { name: "Internal", colour: 1 },
    ],
    source: {
      length: calls.length,
      callsAt: (index) => calls[index]!,
      lines: [
        (index) => missing(largestFreeBytes[index]!, freeBytes[index]!),
        (index) => missing(requestedBytes[index]!, liveBytes[index]!),
      ],
    },
    format: formatShare,
  };
}

/** The share of a whole that a part leaves; `null` of nothing. */
function missing(part: number, whole: number): number | null {
  return whole === 0 ? null : 1 - part / whole;
}
