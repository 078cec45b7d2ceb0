/** How many tests there were of each kind, by the words of a report of `deno test`. */
export type TestCounts = Readonly<Record<string, number>>;

/** The words of a report, in its order. The first two are always there. */
const WORDS = [
  "passed",
  "failed",
  "ignored",
  "measured",
  "filtered out",
] as const;

/**
 * Reads the line that ends what `deno test` prints, as in
 * `ok | 12 passed (3 steps) | 0 failed | 1 ignored (2s)`.
 *
 * @param line The line, without colours.
 * @returns The counts, or `undefined` for any other line.
 */
export function readReport(line: string): TestCounts | undefined {
  if (!/^(ok|FAILED) \| \d+ passed .*\| \d+ failed /.test(line)) {
    return undefined;
  }
  const found = line.matchAll(/\| (\d+) ([a-z]+( out)?)/g);
  return Object.fromEntries(
    Array.from(found, ([, count, word]) => [word!, Number(count)]),
  );
}

/** Adds counts up. */
export function sumOf(all: readonly TestCounts[]): TestCounts {
  return Object.fromEntries(WORDS.map((word) => [
    word,
    all.reduce((sum, counts) => sum + (counts[word] ?? 0), 0),
  ]));
}

/**
 * Writes counts as `deno test` does, without the steps in tests.
 *
 * @param counts The counts.
 * @param success Whether all is well.
 * @param milliseconds How long it took.
 */
export function writeReport(
  counts: TestCounts,
  success: boolean,
  milliseconds: number,
): string {
  const parts = WORDS.map((word) => [word, counts[word] ?? 0] as const)
    .filter(([word, count]) =>
      count > 0 || word === "passed" || word === "failed"
    )
    .map(([word, count]) => `${count} ${word}`);
  const status = success ? "ok" : "FAILED";
  return `${[status, ...parts].join(" | ")} (${formatDuration(milliseconds)})`;
}

function formatDuration(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000);
  const minutes = Math.trunc(seconds / 60);
  return minutes > 0 ? `${minutes}m${seconds % 60}s` : `${seconds}s`;
}
