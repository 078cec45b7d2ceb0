import { assertEquals } from "@std/assert";
import { readReport, sumOf, writeReport } from "./test_counts.ts";

Deno.test("a report is read with or without what was left out", () => {
  assertEquals(
    readReport("ok | 12 passed (3 steps) | 0 failed | 1 ignored (1m2s)"),
    { passed: 12, failed: 0, ignored: 1 },
  );
  assertEquals(
    readReport("FAILED | 1 passed | 2 failed (1 step) | 30 filtered out (2ms)"),
    { passed: 1, failed: 2, "filtered out": 30 },
  );
});

Deno.test("other lines are no reports", () => {
  for (
    const line of [
      "",
      "ok",
      "a test ... ok (1ms)",
      "x | 1 passed | 0 failed (1s)",
    ]
  ) {
    assertEquals(readReport(line), undefined);
  }
});

Deno.test("the sum of reports is written as one", () => {
  const counts = sumOf([
    { passed: 12, failed: 0, ignored: 1 },
    { failed: 1 },
    { passed: 1, failed: 2 },
  ]);
  assertEquals(
    writeReport(counts, false, 62_400),
    "FAILED | 13 passed | 3 failed | 1 ignored (1m2s)",
  );
  assertEquals(
    writeReport(sumOf([]), true, 900),
    "ok | 0 passed | 0 failed (1s)",
  );
});
