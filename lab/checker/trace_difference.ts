import { formatPatch, structuredPatch } from "diff";

/** Lines of a difference that are shown, as many as the course's checker shows. */
const MOST_LINES = 20;
const CONTEXT = 3;

/**
 * The first difference between two traces, as a unified diff; nothing if they are the
 * same.
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
  const patch = structuredPatch(
    file,
    "the trace obtained",
    expected,
    actual,
    undefined,
    undefined,
    { context: CONTEXT },
  );
  const text = formatPatch({ ...patch, hunks: patch.hunks.slice(0, 1) });
  const lines = text.trimEnd().split("\n").filter((line) => !/^=+$/.test(line));
  return lines.length <= MOST_LINES
    ? lines.join("\n")
    : [...lines.slice(0, MOST_LINES), "[...]"].join("\n");
}
