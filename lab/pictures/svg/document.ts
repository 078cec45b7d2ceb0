import type { Element } from "xast";
import { toXml } from "xast-util-to-xml";
import { x } from "xastscript";
import { ROOT_CLASS, STYLE } from "./theme.ts";

/** What an SVG document says of itself. Lengths are in pixels. */
export interface Picture {
  /** Its width. */
  readonly width: number;
  /** Its height. */
  readonly height: number;
  /** What it shows, in a few words. */
  readonly title: string;
  /** A description in a sentence or two, for those who cannot see the picture. */
  readonly description: string;
}

/** An SVG document of its own, with a style that suits light pages and dark ones. */
export function writePicture(
  { width, height, title, description }: Picture,
  children: readonly Element[],
): string {
  const root = x(
    "svg",
    {
      xmlns: "http://www.w3.org/2000/svg",
      viewBox: `0 0 ${width} ${height}`,
      width,
      height,
      role: "img",
      class: ROOT_CLASS,
    },
    x("title", title),
    x("desc", description),
    x("style", STYLE),
    x("rect", { class: "page", width, height, rx: 8 }),
    ...children,
  );
  const xml = toXml(root, { closeEmptyElements: true, tightClose: true });
  // Labels may hold anything; these two are not XML, and the library lets them be.
  return xml.replaceAll("]]>", "]]&gt;").toWellFormed();
}

/** A length in pixels, to a tenth: finer than any screen. */
export function pixels(length: number): number {
  return Math.round(length * 10) / 10;
}

/** A rectangle of a class, with a title that is shown where the pointer rests. */
export function rectangle(
  name: string,
  left: number,
  top: number,
  width: number,
  height: number,
  tooltip?: string,
): Element {
  return x(
    "rect",
    {
      class: name,
      x: pixels(left),
      y: pixels(top),
      width: pixels(width),
      height: pixels(height),
    },
    ...(tooltip === undefined ? [] : [x("title", tooltip)]),
  );
}

/** A line of text of a class. */
export function textAt(
  name: string,
  left: number,
  baseline: number,
  text: string,
  anchor: "start" | "middle" | "end" = "start",
): Element {
  const place = { x: pixels(left), y: pixels(baseline) };
  return anchor === "start"
    ? x("text", { class: name, ...place }, text)
    : x("text", { class: name, ...place, "text-anchor": anchor }, text);
}

/** Pixels that a character takes on average, for each pixel of its font's size. */
const CHARACTER_WIDTH = 0.58;

/** About how wide a line of text is, in pixels. Fonts differ: it errs on the wide side. */
export function textWidth(text: string, fontSize = 11): number {
  return text.length * CHARACTER_WIDTH * fontSize;
}

/** As much of a text as fits in a width in pixels, or nothing if that is too little to read. */
export function fitText(text: string, width: number, fontSize = 11): string {
  if (textWidth(text, fontSize) <= width) return text;
  const most = Math.floor(width / (CHARACTER_WIDTH * fontSize)) - 1;
  return most < 3 ? "" : `${text.slice(0, most).trimEnd()}…`;
}

/** A text of at most this many characters. */
export function shorten(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`;
}
