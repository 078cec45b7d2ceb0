import { drawMoment } from "../pictures/moment_map.ts";
import type { Moment } from "../runs/run.ts";
import { loadRun, type LoadRunOptions } from "./load_run.ts";
import { describeMoment, momentsOf } from "./moments.ts";
import type { Moments } from "./options.ts";
import { show } from "./terminal.ts";
import { terminalStyle } from "./terminal_style.ts";

/** The options of `osmem map`. */
export interface MapCommandOptions extends LoadRunOptions {
  /** The moments to draw. */
  readonly at: Moments;
}

/**
 * Draws the heap at moments of a run.
 *
 * @param name What the command line names: see {@linkcode loadRun}.
 * @param options Which moments.
 * @throws {TraceError} If the run cannot be read, or has no such moment.
 */
export async function map(
  name: string,
  options: MapCommandOptions,
): Promise<void> {
  const { run, warnings } = await loadRun(name, options);
  const maps = momentsOf(run, options.at).map((calls) => draw(run.at(calls)));
  await show({ text: maps.join("\n\n"), warnings });
}

function draw(moment: Moment): string {
  const { width, palette, colour } = terminalStyle();
  const heading = palette.heading(describeMoment(moment));
  return `${heading}\n${drawMoment(moment, { width, colour })}`;
}
