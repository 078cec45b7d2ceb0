/**
 * Draws the picture in the README: what `deno task start` prints above its table.
 * Every run draws the same maps, so a test compares the picture.
 *
 * ```sh
 * deno run --allow-ffi --allow-read docs/draw_start.ts > docs/start.svg
 * ```
 *
 * @module
 */
import { stripAnsiCode } from "@std/fmt/colors";
import type { Palette } from "../lab/pictures/palette.ts";
import { writeReport } from "../lab/pictures/report.ts";
import { runTrace } from "../lab/replay/run_trace.ts";
import { loadTrace } from "../lab/commands/trace_source.ts";

const TRACE = "examples/traces/word-index.trace.gz";
const COLUMNS = 80;
const COLUMN_WIDTH = 8.4; // pixels
const LINE_HEIGHT = 17; // pixels
const MARGIN = 16; // pixels

/** A terminal's colours, by the numbers of their escape sequences. */
const CLASSES: Readonly<Record<number, string>> = {
  31: "gap",
  32: "used",
  33: "partly-used",
  34: "mapping",
  36: "next-mapping",
  37: "heading",
  90: "free",
};

const PALETTE: Palette = {
  heading: paint(37),
  best: paint(32),
  header: paint(37),
  used: paint(32),
  partlyUsed: paint(33),
  free: paint(90),
  mapping: [paint(34), paint(36)],
  gap: paint(31),
  marked: paint(37),
};

/** They suit a light page and a dark one. */
const STYLE = `
    text {
      font: 14px ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace;
      fill: #1f2328;
      white-space: pre;
    }
    .page { fill: #f6f8fa; }
    .heading { font-weight: bold; }
    .used { fill: #1a7f37; }
    .partly-used { fill: #bf8700; }
    .free { fill: #8c959f; }
    .mapping { fill: #0969da; }
    .next-mapping { fill: #1b7c83; }
    .gap { fill: #cf222e; }
    @media (prefers-color-scheme: dark) {
      text { fill: #e6edf3; }
      .page { fill: #161b22; }
      .used { fill: #3fb950; }
      .partly-used { fill: #d29922; }
      .free { fill: #6e7681; }
      .mapping { fill: #58a6ff; }
      .next-mapping { fill: #39c5cf; }
      .gap { fill: #f85149; }
    }`;

const DESCRIPTION =
  "What deno task start prints: maps of a heap at its fullest moment and at the end";

/** The picture, as the text of an SVG file. Runs in the repository's folder. */
export async function drawStart(): Promise<string> {
  const trace = await loadTrace(TRACE);
  const text = writeReport(
    await runTrace(trace, { memory: "arena", verify: true }),
    { width: COLUMNS, palette: PALETTE },
  );
  const aboveTable = text.slice(0, text.indexOf("┌")).trimEnd();
  return drawPicture(aboveTable.split("\n"));
}

function drawPicture(lines: readonly string[]): string {
  const width = COLUMNS * COLUMN_WIDTH + 2 * MARGIN;
  const height = lines.length * LINE_HEIGHT + 2 * MARGIN;
  const size = `viewBox="0 0 ${width} ${height}" width="${width}"`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" ${size} role="img">`,
    `  <title>${DESCRIPTION}</title>`,
    `  <style>${STYLE}\n  </style>`,
    `  <rect class="page" width="100%" height="100%" rx="8" />`,
    ...lines.map(drawLine).filter((line) => line !== ""),
    "</svg>\n",
  ].join("\n");
}

/** A line of a given length, so that columns stand below each other in any font. */
function drawLine(line: string, index: number): string {
  if (line === "") return "";
  const y = MARGIN + (index + 0.75) * LINE_HEIGHT;
  const length = (stripAnsiCode(line).length * COLUMN_WIDTH).toFixed(1);
  const place = `x="${MARGIN}" y="${y}" textLength="${length}"`;
  return `  <text ${place} xml:space="preserve">${markUp(line)}</text>`;
}

function paint(number: number): (text: string) => string {
  return (text) => `\x1b[${number}m${text}\x1b[0m`;
}

/** Colours as classes, and what is special in XML as itself. */
function markUp(line: string): string {
  const escaped = line.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
  return Object.entries(CLASSES).reduce(
    (text, [number, name]) =>
      text.replaceAll(`\x1b[${number}m`, `<tspan class="${name}">`),
    escaped.replaceAll("\x1b[0m", "</tspan>"),
  );
}

if (import.meta.main) console.log((await drawStart()).trimEnd());
