import type { SummaryOptions } from "../runs/picture_options.ts";
import type { HeapMoment } from "../runs/heap_moment.ts";
import type { Run } from "../runs/run.ts";
import {
  describePolicy,
  formatBytes,
  formatCount,
  formatNumberOf,
  formatShare,
} from "../words.ts";
import { bytesPerCell, drawHeapMap } from "./heap_map.ts";
import { wrap } from "./map/wrap.ts";
import { headingOf, subtitleOf } from "./moment/moment_words.ts";
import { drawMoment } from "./moment_map.ts";
import { printable } from "../printable.ts";
import { COLOURS, PLAIN } from "./palette.ts";

const MAP_WIDTH = 80;
const INDENT = "  ";

/** What `console.log(run)` shows: what was run, its figures, and the map at the end. */
export function summarizeRun(run: Run, options: SummaryOptions): string {
  const { snapshot } = run.at(run.length);
  const map = drawHeapMap(snapshot, {
    width: MAP_WIDTH,
    bytesPerCell: bytesPerCell([snapshot], MAP_WIDTH),
    palette: options.colors ? COLOURS : PLAIN,
  });
  return [
    `Run "${printable(run.title)}" (${describePolicy(run.policy)})`,
    ...figureLines(run),
    map,
  ].join("\n");
}

/** What `console.log(moment)` shows: the last call, the figures, and the map. */
export function summarizeMoment(
  moment: HeapMoment,
  options: SummaryOptions,
): string {
  const heading = `Moment ${headingOf(moment)}`;
  const map = drawMoment(moment, {
    width: MAP_WIDTH,
    colour: options.colors ?? false,
  });
  const figures = wrap(
    subtitleOf(moment.figures()).split(" · "),
    MAP_WIDTH - INDENT.length,
    " · ",
  );
  return [heading, figures.replaceAll(/^/gm, INDENT), map].join("\n");
}

function figureLines(run: Run): string[] {
  const stats = run.stats();
  const { peakRequestedBytes, peakFootprintBytes, peakUtilisation } = stats;
  const reasons = Object.entries(stats.growthsByReason)
    .filter(([, count]) => count > 0)
    .map(([reason, count]) => `${formatCount(count)} ${reason}`);
  const refused = stats.refusedCalls === 0
    ? ""
    : `, ${formatNumberOf(stats.refusedCalls, "refusal")}`;
  const why = reasons.length === 0 ? "" : `: ${reasons.join(", ")}`;
  return [
    `  ${formatNumberOf(stats.calls, "call")}, ${
      formatNumberOf(stats.blocks, "block")
    }${refused}`,
    `  peak live ${formatBytes(peakRequestedBytes)}, peak footprint ${
      formatBytes(peakFootprintBytes)
    }, utilisation ${formatShare(peakUtilisation)}`,
    `  ${formatNumberOf(stats.growths, "growth")} of the heap${why}`,
  ];
}
