import { formatPatch, structuredPatch } from "diff";

/** Lines of a difference that are shown, as many as the course's checker shows. */
const MOST_LINES = 20;
const CONTEXT = 3;

/**
 * Lines of each trace that are compared, from the first difference on: far more than
 * are shown, and few enough to compare in no time, however long the traces are.
 */
const MOST_COMPARED = 200;

/**
 * The first difference between two traces, as a unified diff; `undefined` if they are
 * equal.
 *
 * @param file The reference trace's file.
 * @param expected Its text.
 * @param actual The trace that was obtained.
 */
export function traceDifference(
  file: string,
  expected: string,
  actual: string,
): string | undefined {
  if (expected === actual) return undefined;
  const [before, after] = [linesOf(expected), linesOf(actual)];
  const from = Math.max(0, firstDifference(before, after) - CONTEXT);
  const [left, right] = [before, after].map((lines) =>
    lines.slice(from, from + MOST_COMPARED).join("")
  );
  const patch = structuredPatch(
    file,
    "the trace obtained",
    left!,
    right!,
    undefined,
    undefined,
    { context: CONTEXT },
  );
  const hunks = patch.hunks.slice(0, 1).map((hunk) => ({
    ...hunk,
    oldStart: hunk.oldStart + from,
    newStart: hunk.newStart + from,
  }));
  return shorten(formatPatch({ ...patch, hunks }));
}

/** Lines with their ends. */
function linesOf(text: string): readonly string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

function firstDifference(
  left: readonly string[],
  right: readonly string[],
): number {
  const place = left.findIndex((line, index) => line !== right[index]);
  return place === -1 ? left.length : place;
}

function shorten(patch: string): string {
  const lines = patch.trimEnd().split("\n")
    .filter((line) => !/^=+$/.test(line));
  return lines.length <= MOST_LINES
    ? lines.join("\n")
    : [...lines.slice(0, MOST_LINES), "[...]"].join("\n");
}
