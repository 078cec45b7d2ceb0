/// <reference lib="dom" />
import { channelsOf, type Colours } from "../canvas/colours.ts";
import type { Area, Surface } from "../canvas/surface.ts";
import type { Tape } from "./tape.ts";

type Channels = readonly [number, number, number];

/** Less of a pixel than this comes from rounding. */
const LEAST_SHARE = 0.002;

/** How a tape lies on a surface: rows, one below the other. */
export interface TapeRows {
  readonly area: Area;
  readonly rows: number;
  /** CSS pixels from one row to the next, and of a row. */
  readonly pitch: number;
  readonly height: number;
}

/** Paints a tape in rows, as writing is. */
export function paintTape(
  { context, ratio }: Surface,
  tape: Tape,
  { area, rows, pitch, height }: TapeRows,
  tones: readonly string[],
  colours: Colours,
): void {
  const pixels = shade(tape, tones.map(channelsOf), colours);
  const columns = Math.round(pixels.length / rows);
  const lines = linesOf(pixels, columns, rows);
  const width = columns / ratio;
  context.imageSmoothingEnabled = false;
  for (let row = 0; row < rows; row++) {
    const top = area.top + row * pitch;
    context.drawImage(
      lines,
      0,
      row,
      columns,
      1,
      area.left,
      top,
      width,
      height,
    );
  }
}

/** The rows as a picture in which each is one pixel high. */
function linesOf(
  pixels: Uint32Array,
  columns: number,
  rows: number,
): HTMLCanvasElement {
  const lines = document.createElement("canvas");
  lines.width = columns;
  lines.height = rows;
  const image = new ImageData(columns, rows);
  new Uint32Array(image.data.buffer).set(pixels.subarray(0, columns * rows));
  lines.getContext("2d")?.putImageData(image, 0, 0);
  return lines;
}

/** The pixels as image data has them; what is not memory of the heap stays clear. */
function shade(
  tape: Tape,
  tones: readonly Channels[],
  colours: Colours,
): Uint32Array {
  const header = channelsOf(colours.header);
  const free = channelsOf(colours.free);
  const pixels = new Uint32Array(tape.used.length);
  for (let pixel = 0; pixel < pixels.length; pixel++) {
    const used = tape.used[pixel]!;
    const headers = tape.headers[pixel]!;
    const isFree = tape.free[pixel]!;
    const held = headers + isFree + used;
    if (held < LEAST_SHARE) continue;
    const tone = toneAt(tones, used === 0 ? 0 : tape.tones[pixel]! / used);
    const mixed = (at: 0 | 1 | 2) =>
      (headers * header[at] + isFree * free[at] + used * tone[at]) / held;
    pixels[pixel] = Math.round(255 * Math.min(held, 1)) << 24 |
      mixed(2) << 16 | mixed(1) << 8 | mixed(0);
  }
  return pixels;
}

function toneAt(tones: readonly Channels[], tone: number): Channels {
  const low = tones[Math.floor(tone)] ?? tones.at(-1)!;
  const high = tones[Math.ceil(tone)] ?? low;
  const part = tone - Math.floor(tone);
  const mix = (at: 0 | 1 | 2) => low[at] + (high[at] - low[at]) * part;
  return [mix(0), mix(1), mix(2)];
}
