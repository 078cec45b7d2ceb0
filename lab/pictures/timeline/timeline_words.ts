import type { Run } from "../../runs/run.ts";
import type { RunStats } from "../../runs/run_stats.ts";
import {
  describePolicy,
  formatBytes,
  formatCount,
  formatNumberOf,
} from "../../words.ts";
import type { CallWindow } from "./plot.ts";

/** A line on a run: its policy, which calls are drawn, peak live bytes and footprint. */
export function subtitle(
  run: Run,
  { from, to }: CallWindow,
  stats: RunStats,
): string {
  const isWhole = from === 0 && to === run.length;
  const calls = isWhole
    ? formatNumberOf(run.length, "call")
    : `calls ${formatCount(from)} to ${formatCount(to)} of ${
      formatCount(run.length)
    }`;
  return [
    describePolicy(run.policy),
    calls,
    `peak live ${formatBytes(stats.peakRequestedBytes)}`,
    `peak footprint ${formatBytes(stats.peakFootprintBytes)}`,
  ].join(" · ");
}

/** A run in sentences, for those who cannot see its picture. */
export function describeRun(stats: RunStats): string {
  const growths = Object.entries(stats.growthsByReason)
    .filter(([, count]) => count > 0)
    .map(([reason, count]) => `${formatCount(count)} ${reason}`);
  const why = growths.length === 0 ? "" : ` (${growths.join(", ")})`;
  return `Addresses over calls. ${
    formatNumberOf(stats.calls, "call")
  } allocated ${
    formatNumberOf(stats.blocks, "block")
  } and raised the program break ${
    formatNumberOf(stats.growths, "time")
  }${why}. ` +
    `At most ${
      formatBytes(stats.peakRequestedBytes)
    } were live and the footprint was at most ${
      formatBytes(stats.peakFootprintBytes)
    }; at the end ${formatBytes(stats.end.freeBytes)} are free.`;
}
