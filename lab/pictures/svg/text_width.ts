/** Pixels that a character takes on average, for each pixel of its font's size. */
const CHARACTER_WIDTH = 0.58;

/** About how wide a line of text is, in pixels. Fonts differ: it errs on the wide side. */
export function textWidth(text: string, fontSize = 11): number {
  return text.length * CHARACTER_WIDTH * fontSize;
}

/** As much of a text as fits in so many pixels, or nothing if that would be too little to read. */
export function fitText(text: string, width: number, fontSize = 11): string {
  if (textWidth(text, fontSize) <= width) return text;
  const most = Math.floor(width / (CHARACTER_WIDTH * fontSize)) - 1;
  return most < 3 ? "" : `${text.slice(0, most).trimEnd()}…`;
}

/** A text of at most so many characters. */
export function shorten(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`;
}
