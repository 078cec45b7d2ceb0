import type { Element } from "xast";
import { x as element } from "xastscript";
import type { Mark } from "../../runs/run_data.ts";
import { fitText, pixels, textAt, textWidth } from "../svg/document.ts";
import type { ScaleLinear } from "../svg/scale_linear.ts";
import type { CallWindow, PlotFrame } from "./plot.ts";

const MOST_ROWS = 3;
const MOST_LINES = 400; // more of them cannot be told apart
const LONGEST = 240; // pixels of a label
const ROOM = 4; // pixels between a line and its label, and between labels

/** Pixels that a row of labels is high. */
export const MARK_ROW = 14;

/** A mark as it is drawn, or several at one place. */
interface PlacedMark {
  /** Pixels. */
  readonly left: number;
  readonly texts: string[];
  /** The row of its label; none if there was no room. */
  row?: number;
  /** The label, and whether it stands to the left of the line. */
  label?: string;
  isLeft?: boolean;
}

/** The marks of a window and how many rows their labels take. */
export interface PlacedMarks {
  /** The marks, from left to right. */
  readonly marks: readonly PlacedMark[];
  /** Rows of labels. */
  readonly rows: number;
}

/** Finds room for the marks of a window. */
export function placeMarks(
  marks: readonly Mark[],
  { from, to }: CallWindow,
  x: ScaleLinear,
): PlacedMarks {
  const [left = 0, right = 0] = x.range();
  const nearest = (right - left) / MOST_LINES;
  const placed: PlacedMark[] = [];
  for (const { after, text } of marks) {
    if (after < from || after > to) continue;
    const at = x(after + 1);
    const last = placed.at(-1);
    if (last && at - last.left < nearest) last.texts.push(text);
    else placed.push({ left: at, texts: [text] });
  }
  const ends: number[] = [];
  for (const mark of placed) placeLabel(mark, ends, left, right);
  return { marks: placed, rows: ends.length };
}

/** Puts a label into the first row with room; `ends` says where that begins. */
function placeLabel(
  mark: PlacedMark,
  ends: number[],
  left: number,
  right: number,
): void {
  const others = mark.texts.length - 1;
  const all = others === 0 ? mark.texts[0]! : `${mark.texts[0]} (+${others})`;
  const label = fitText(all, LONGEST);
  const width = textWidth(label);
  const isBeside = mark.left + ROOM + width <= right;
  const start = isBeside ? mark.left + ROOM : mark.left - ROOM - width;
  if (label === "" || start < left) return;
  const found = ends.findIndex((end) => end <= start);
  if (found < 0 && ends.length === MOST_ROWS) return;
  mark.row = found < 0 ? ends.length : found;
  mark.isLeft = !isBeside;
  mark.label = label;
  ends[mark.row] = start + width + 2 * ROOM;
}

/** Draws the marks as lines from their labels to the axis. */
export function drawMarks(
  { marks, rows }: PlacedMarks,
  frame: PlotFrame,
): Element[] {
  const baselineOf = (row: number) =>
    frame.marksTop + row * MARK_ROW + MARK_ROW - ROOM;
  return marks.flatMap(({ left, texts, row, label, isLeft }) => {
    const top = row === undefined
      ? frame.marksTop + rows * MARK_ROW
      : baselineOf(row) - 8;
    const line = element("path", {
      class: "mark",
      d: `M${pixels(left)} ${pixels(top)}V${pixels(frame.heapBottom)}`,
    }, element("title", texts.slice(0, MOST_ROWS).join("\n")));
    if (row === undefined || label === undefined) return [line];
    const text = isLeft
      ? textAt("mark-text", left - ROOM, baselineOf(row), label, "end")
      : textAt("mark-text", left + ROOM, baselineOf(row), label);
    return [line, text];
  });
}
