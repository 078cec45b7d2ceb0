import type { Run } from "../../runs/run.ts";
import type { TimelineScene } from "../timeline/timeline_scene.ts";

/** What a colour stands for: the name of its style, and what it says. */
type LegendEntry = readonly [style: string, text: string];

const MAP_LEGEND: readonly LegendEntry[] = [
  ["current", "last call"],
  ["selection", "selected"],
];

/** The legend of a timeline: the colours that occur in the run. */
export function timelineLegend(run: Run, scene: TimelineScene): string {
  return legendHtml([...heapEntries(scene), ...growthEntries(run)]);
}

/** The legend of a heap map: the colours that occur in the run. */
export function mapLegend(scene: TimelineScene): string {
  return legendHtml([...heapEntries(scene), ...MAP_LEGEND]);
}

function heapEntries({ footprint }: TimelineScene): LegendEntry[] {
  const { heap, mappings } = footprint;
  const entries: LegendEntry[] = [
    ["allocated", "allocated"],
    ["header", "header"],
    ["free", "free"],
  ];
  if (mappings.length > 0) entries.push(["mapping", "mapping"]);
  if (heap.ranges.length > 1) {
    entries.push(["gap", "memory of others (not to scale)"]);
  }
  return entries;
}

/** Triangles on the break's line: why it was raised. */
function growthEntries(run: Run): LegendEntry[] {
  const reasons = [...new Set(run.growths.map(({ reason }) => reason))];
  if (reasons.length === 0) return [["break", "break"]];
  return [
    ["break", "break, raised for:"],
    ...reasons.map((reason): LegendEntry => [
      `reason ${reason.replaceAll(" ", "-")}`,
      reason,
    ]),
  ];
}

function legendHtml(entries: readonly LegendEntry[]): string {
  const items = entries.map(([style, text]) =>
    `<li><i class="swatch ${style}"></i>${text}</li>`
  );
  return `<ul class="legend">${items.join("")}</ul>`;
}
