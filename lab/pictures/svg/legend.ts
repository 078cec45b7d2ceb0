import type { Element } from "xast";
import { x } from "xastscript";
import { pixels, rectangle, textAt, textWidth } from "./document.ts";
import { SHADES } from "./occupancy.ts";

/** What a sign in a picture means. */
export interface LegendEntry {
  /** The sign, drawn around the origin, at most 14 pixels wide and 10 high. */
  readonly sign: readonly Element[];
  /** What it means. */
  readonly text: string;
}

const SIGN = 20; // pixels
const ROOM = 14; // pixels between entries

/** Pixels that a line of a legend is high. */
export const LEGEND_ROW = 18;

/** A legend's entries in lines, each as wide as there is room for. */
export function layOutLegend(
  entries: readonly LegendEntry[],
  width: number,
): readonly (readonly LegendEntry[])[] {
  const lines: LegendEntry[][] = [];
  let left = Infinity;
  for (const entry of entries) {
    const wide = widthOf(entry);
    if (left + wide > width) {
      lines.push([]);
      left = 0;
    }
    lines.at(-1)!.push(entry);
    left += wide + ROOM;
  }
  return lines;
}

/** Draws a legend; its first line begins at the place given, in pixels. */
export function drawLegendLines(
  lines: readonly (readonly LegendEntry[])[],
  left: number,
  top: number,
): Element[] {
  return lines.flatMap((line, row) => {
    const middle = top + row * LEGEND_ROW + LEGEND_ROW / 2;
    let at = left;
    return line.flatMap((entry) => {
      const start = at;
      at += widthOf(entry) + ROOM;
      const place = `translate(${pixels(start + 7)} ${pixels(middle)})`;
      return [
        x("g", { transform: place }, ...entry.sign),
        textAt("legend", start + SIGN, middle + 4, entry.text),
      ];
    });
  });
}

/** A sign that is a filled rectangle. */
export function swatch(name: string): Element[] {
  return [rectangle(name, -7, -5, 14, 10)];
}

/** A sign that shows the shades of a raster, the darkest left out. */
export function shadeSwatch(): Element[] {
  const width = 14 / (SHADES - 1);
  return [
    rectangle("free", -7, -5, 14, 10),
    ...Array.from(
      { length: SHADES - 1 },
      (_, shade) =>
        x(
          "g",
          { "fill-opacity": (shade + 1) / SHADES },
          rectangle(
            "used",
            shade * width - 7,
            -5,
            width,
            10,
          ),
        ),
    ),
  ];
}

function widthOf({ text }: LegendEntry): number {
  return SIGN + textWidth(text);
}
