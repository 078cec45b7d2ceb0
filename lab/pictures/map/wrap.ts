import { stripAnsiCode } from "@std/fmt/colors";

/** Columns that a text takes in a terminal; colours take none. */
export function columnsOf(text: string): number {
  return stripAnsiCode(text).length;
}

/**
 * Puts as many entries on a line as fit. One that is wider than a line is broken
 * between its words.
 *
 * @param entries The entries, none with a word that is wider than a line.
 * @param width Columns of a line.
 * @param separator What stands between entries on a line.
 */
export function wrap(
  entries: readonly string[],
  width: number,
  separator = "   ",
): string {
  const lines: string[] = [];
  for (const entry of entries) {
    const last = lines.at(-1);
    const longer = `${last}${separator}${entry}`;
    if (last !== undefined && columnsOf(longer) <= width) {
      lines[lines.length - 1] = longer;
    } else if (columnsOf(entry) <= width) lines.push(entry);
    else lines.push(...wrap(entry.split(" "), width, " ").split("\n"));
  }
  return lines.join("\n");
}
