import { escape } from "@std/html/entities";
import { formatCount, formatNumberOf } from "../../words.ts";
import type { Run } from "../../runs/run.ts";
import type { TimelineScene } from "../timeline/timeline_scene.ts";
import { policyWords } from "../run_words.ts";
import { figuresHtml } from "./figures.ts";
import { mapLegend, timelineLegend } from "./legend.ts";

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
<h2 id="run-${index}-title">${nameHtml(part)}${escape(run.title)}</h2>
<ul class="policy" aria-label="Policy">${
    policyWords(run.policy).map((words) => `<li>${escape(words)}</li>`)
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

function timelineHtml({ run, scene, index, overview }: RunPart): string {
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
${timelineLegend(run, scene)}`,
  );
}

function mapHtml({ scene, index }: RunPart): string {
  return panelHtml(
    index,
    "map",
    "Heap map",
    `<div class="stage" tabindex="0" role="application" aria-roledescription="heap map" aria-label="Heap map to scale. Arrow keys up and down go from block to block, left and right step.">
<canvas data-layer="base" aria-hidden="true"></canvas></div>
${mapLegend(scene)}
<p class="selected" data-selected aria-live="polite">Point at a block, or tap it, to see what it is.</p>`,
  );
}

function growthsHtml(run: Run, index: number): string {
  const title = `Why the heap grew (${
    formatNumberOf(run.growths.length, "time")
  })`;
  return panelHtml(index, "growths", title, `<div data-list></div>`);
}

function listHtml(index: number, name: string, title: string): string {
  return panelHtml(index, name, title, `<div data-list></div>`);
}

function marksHtml(run: Run, index: number): string {
  return panelHtml(
    index,
    "marks",
    `Marks (${formatCount(run.marks.length)})`,
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
