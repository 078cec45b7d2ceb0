/**
 * Draws the timelines in docs/lab.md: the calls of a compiler under best fit and
 * under worst fit. Every run draws the same pictures, so a test compares them.
 *
 * ```sh
 * deno run --allow-ffi --allow-read --allow-write=docs docs/draw_timelines.ts
 * ```
 *
 * @module
 */
import { replay } from "../lab/mod.ts";
import { loadTrace } from "../lab/commands/trace_source.ts";

const TRACE = "examples/traces/compile-calculator.trace.gz";
const SIZE = { width: 880, height: 460 };

/** The pictures: the names of their files, and their text. */
export type Pictures = Readonly<Record<string, string>>;

/** Draws both. Runs in the repository's folder. */
export async function drawTimelines(): Promise<Pictures> {
  const trace = await loadTrace(TRACE);
  const draw = (fit: "best" | "worst") => {
    const title = `GCC compiles a calculator, ${fit} fit`;
    const picture = replay(trace, { fit }).toSVG({ ...SIZE, title });
    return `${withoutAddresses(picture)}\n`;
  };
  return { "best-fit.svg": draw("best"), "worst-fit.svg": draw("worst") };
}

/** Mappings lie elsewhere in every run. */
function withoutAddresses(picture: string): string {
  return picture.replaceAll(/\nheader at 0x[0-9a-f]{8,}/g, "");
}

if (import.meta.main) {
  for (const [name, picture] of Object.entries(await drawTimelines())) {
    await Deno.writeTextFile(new URL(name, import.meta.url), picture);
  }
}
