/// <reference lib="dom" />
import { initialiseBlockKeys } from "./block_keys.ts";
import { initialiseCharts } from "./charts/run_charts.ts";
import { initialiseHistograms } from "./charts/histograms.ts";
import { find } from "./dom.ts";
import { initialiseKeyboard, initialisePaging } from "./keyboard.ts";
import {
  ALL_BLOCKS,
  FREE_BLOCKS,
  initialiseBlockList,
} from "./lists/block_list.ts";
import { initialiseGrowthList } from "./lists/growth_list.ts";
import { initialiseMarkList } from "./lists/mark_list.ts";
import { MapView } from "./map/map_view.ts";
import { painted } from "./state/frame.ts";
import type { PageRun } from "./state/page_run.ts";
import { PageState } from "./state/page_state.ts";
import { RunView } from "./state/run_view.ts";
import { unpackPageRun } from "./state/unpack.ts";
import { initialiseStepper } from "./stepper.ts";
import { initialiseTheme } from "./theme.ts";
import { initialiseTooltip } from "./tooltip.ts";
import { TimelinePointer } from "./timeline/timeline_pointer.ts";
import { placeInTimeline } from "./timeline/timeline_point.ts";
import { TimelineView } from "./timeline/timeline_view.ts";
import { initialiseZoomButtons } from "./timeline/timeline_zoom.ts";

/** What the writer of the page says of it besides the runs. */
interface PageNote {
  readonly difference: { readonly call: number } | null;
}

initialiseTheme();
initialiseTooltip();
await painted();
await showRuns();
document.body.dataset.state = "ready";

async function showRuns(): Promise<void> {
  const parts = [
    ...document.querySelectorAll<HTMLElement>("[data-run]"),
  ];
  const runs: PageRun[] = [];
  for (const index of parts.keys()) runs.push(await unpackPageRun(index));
  const state = new PageState(runs);
  const views = runs.map((run) => new RunView(run, state));
  if (state.mostCalls === 0) return;
  initialiseStepper(state, views);
  initialiseKeyboard(state, views);
  initialiseDifference(state);
  for (const [index, view] of views.entries()) {
    if (view.run.data.length > 0) await showRun(parts[index]!, view);
  }
}

/** One panel after the other, those at the top first. */
async function showRun(part: HTMLElement, view: RunView): Promise<void> {
  const panel = (name: string) => find(part, `[data-panel=${name}]`);
  showTimeline(panel("timeline"), view);
  new MapView(panel("map"), view);
  await painted();
  initialiseGrowthList(panel("growths"), view);
  initialiseBlockList(panel("blocks"), view, ALL_BLOCKS);
  initialiseBlockList(panel("free"), view, FREE_BLOCKS);
  if (view.run.data.marks.length > 0) {
    initialiseMarkList(panel("marks"), view);
  }
  await painted();
  initialiseCharts(panel("charts"), view);
  initialiseHistograms(panel("histograms"), view);
}

function showTimeline(panel: HTMLElement, view: RunView): void {
  const timeline = new TimelineView(panel, view);
  new TimelinePointer(timeline);
  initialiseZoomButtons(panel, view.state);
  initialiseBlockKeys({
    stage: timeline.stage,
    view,
    up: 1,
    placeOf: (block) => placeInTimeline(timeline, block),
  });
  initialisePaging(timeline.stage, view.state);
}

/** The button that goes to the call where two runs differ first. */
function initialiseDifference(state: PageState): void {
  const note = JSON.parse(find(document, "script#page").textContent);
  const { difference } = note as PageNote;
  document.querySelector("[data-difference]")?.addEventListener("click", () => {
    if (difference) state.goTo(difference.call + 1);
  });
}
