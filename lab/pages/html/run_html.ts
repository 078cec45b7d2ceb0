import { formatCount, formatNumberOf } from "../../pictures/units.ts";
import type { Run } from "../../runs/run.ts";
import type { TimelineScene } from "../timeline/timeline_scene.ts";
import { policyWords } from "../words/policy_words.ts";
import { escapeHtml } from "./escape.ts";
import { figuresHtml } from "./figures.ts";

/** What a colour stands for: the name of its style, and what it says. */
type LegendEntry = readonly [style: string, text: string];

const MAP_LEGEND: readonly LegendEntry[] = [
  ["current", "last call"],
  ["selection", "selected"],
];

/** What the part of a page that shows one run is made of. */
export interface RunPart {
  readonly run: Run;
  /** Its place among the runs of the page, from 0. */
  readonly index: number;
  /** `"A"` or `"B"` if there are two. */
  readonly name: string | undefined;
  /** What its timeline shows. */
  readonly scene: TimelineScene;
  /** The `data:` URL of a picture to show first. */
  readonly overview: string;
}

/** The part of a page that shows one run; what is in its panels comes later. */
export function runHtml(part: RunPart): string {
  const { run, index } = part;
  const panels = run.length === 0 ? noCallsHtml(run) : panelsHtml(part);
  return `<section class="run" data-run="${index}" aria-labelledby="run-${index}-title">
<header class="run-head">
<h2 id="run-${index}-title">${nameHtml(part)}${escapeHtml(run.title)}</h2>
<ul class="policy" aria-label="Policy">${
    policyWords(run.policy).map((words) => `<li>${escapeHtml(words)}</li>`)
      .join("")
  }</ul>
</header>
${panels}
</section>`;
}

function nameHtml({ name }: RunPart): string {
  return name === undefined ? "" : `<span class="name">${name}</span> `;
}

function noCallsHtml(run: Run): string {
  const { length } = run.data.initial;
  const before = length === 0
    ? "its heap was never used"
    : `its heap had ${formatNumberOf(length, "block")} before it`;
  return `<p class="empty">This run has no calls: ${before}.</p>`;
}

function panelsHtml(part: RunPart): string {
  const { run, index } = part;
  return [
    figuresHtml(run.stats()),
    timelineHtml(part),
    mapHtml(part),
    growthsHtml(run, index),
    listHtml(index, "blocks", "Blocks"),
    listHtml(index, "free", "Free list"),
    run.marks.length === 0 ? "" : marksHtml(run, index),
    chartsHtml(index),
    histogramsHtml(index),
  ].join("\n");
}

function panelHtml(
  index: number,
  name: string,
  title: string,
  contents: string,
): string {
  const id = `run-${index}-${name}`;
  return `<section class="panel ${name}" data-panel="${name}" aria-labelledby="${id}">
<header><h3 id="${id}">${title}</h3><p class="note" data-note>${
    name === "timeline" ? "unpacking…" : ""
  }</p></header>
${contents}
</section>`;
}

function timelineHtml(part: RunPart): string {
  const { index, overview } = part;
  const buttons = [
    ["in", "Zoom in", "+"],
    ["out", "Zoom out", "−"],
    ["blocks", "Show the blocks", "Blocks"],
    ["whole", "Show the whole heap", "All"],
  ].map(([action, title, text]) =>
    `<button type="button" data-zoom="${action}" title="${title}" aria-label="${title}">${text}</button>`
  ).join("");
  return panelHtml(
    index,
    "timeline",
    "Timeline",
    `<div class="tools" role="group" aria-label="Zoom">${buttons}</div>
<div class="stage" tabindex="0" role="application" aria-roledescription="timeline" aria-label="Timeline: addresses upward, calls to the right. Arrow keys left and right step, up and down go from block to block, plus and minus zoom, 0 shows all.">
<img class="overview" alt="" src="${overview}">
<canvas data-layer="base" aria-hidden="true"></canvas><canvas data-layer="overlay" aria-hidden="true"></canvas>
</div>
${legendHtml([...heapLegend(part), ...growthLegend(part)])}`,
  );
}

function mapHtml(part: RunPart): string {
  const { index } = part;
  return panelHtml(
    index,
    "map",
    "Heap map",
    `<div class="stage" tabindex="0" role="application" aria-roledescription="heap map" aria-label="Heap map to scale. Arrow keys up and down go from block to block, left and right step.">
<canvas data-layer="base" aria-hidden="true"></canvas></div>
${legendHtml([...heapLegend(part), ...MAP_LEGEND])}
<p class="selected" data-selected aria-live="polite">Point at a block, or tap it, to see what it is.</p>`,
  );
}

function growthsHtml(run: Run, index: number): string {
  const title = `Why the break was raised, ${formatCount(run.growths.length)}×`;
  return panelHtml(index, "growths", title, `<div data-list></div>`);
}

function listHtml(index: number, name: string, title: string): string {
  return panelHtml(index, name, title, `<div data-list></div>`);
}

function marksHtml(run: Run, index: number): string {
  return panelHtml(
    index,
    "marks",
    `Marks, ${formatCount(run.marks.length)}`,
    `<div data-list></div>`,
  );
}

function chartsHtml(index: number): string {
  return panelHtml(
    index,
    "charts",
    "Over the calls",
    `<div data-chart="memory"></div><div data-chart="fragmentation"></div>`,
  );
}

function histogramsHtml(index: number): string {
  return panelHtml(
    index,
    "histograms",
    "Sizes and lifetimes",
    `<div data-histogram="sizes"></div><div data-histogram="lifetimes"></div>`,
  );
}

/** What the colours of blocks stand for, as far as they are in the run. */
function heapLegend({ scene }: RunPart): LegendEntry[] {
  const { heap, mappings } = scene.held;
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
function growthLegend({ run }: RunPart): LegendEntry[] {
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
