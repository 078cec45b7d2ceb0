import { assert, assertEquals } from "@std/assert";
import { traceDifference } from "../../../lab/checker/trace_difference.ts";

const MOMENT = 5000; // milliseconds, far less than comparing every line takes

function lines(count: number, line: (index: number) => string): string {
  return Array.from({ length: count }, (_, index) => `${line(index)}\n`).join(
    "",
  );
}

const differenceOf = (expected: string, actual: string) =>
  traceDifference("some.ref", expected, actual);

Deno.test("there is no difference between the same traces", () => {
  assertEquals(differenceOf("a\nb\n", "a\nb\n"), undefined);
  assertEquals(differenceOf("", ""), undefined);
});

Deno.test("a difference is a unified diff with three lines around it", () => {
  const expected = lines(20, (index) => `line ${index}`);
  const actual = expected.replace("line 9\n", "other\n");
  assertEquals(
    differenceOf(expected, actual),
    `--- some.ref
+++ the trace obtained
@@ -7,7 +7,7 @@
 line 6
 line 7
 line 8
-line 9
+other
 line 10
 line 11
 line 12`,
  );
});

Deno.test("of several differences the first is shown", () => {
  const expected = lines(40, (index) => `line ${index}`);
  const actual = expected.replace("line 9\n", "first\n")
    .replace("line 30\n", "second\n");
  const difference = differenceOf(expected, actual) ?? "";
  assert(difference.includes("+first"));
  assert(!difference.includes("second"));
});

Deno.test("lines that are missing and lines that are too many are shown", () => {
  assertEquals(
    differenceOf("a\nb\n", "a\n"),
    "--- some.ref\n+++ the trace obtained\n@@ -1,2 +1,1 @@\n a\n-b",
  );
  assertEquals(
    differenceOf("a\n", "a\nb\n"),
    "--- some.ref\n+++ the trace obtained\n@@ -1,1 +1,2 @@\n a\n+b",
  );
});

Deno.test("nothing differs from a trace in all of its lines", () => {
  assertEquals(
    differenceOf("a\n", ""),
    "--- some.ref\n+++ the trace obtained\n@@ -1,1 +0,0 @@\n-a",
  );
});

Deno.test("a missing end of the last line is a difference", () => {
  const difference = differenceOf("a\nb\n", "a\nb") ?? "";
  assert(difference.endsWith("\\ No newline at end of file"));
});

Deno.test("a carriage return is a difference where it stands", () => {
  const expected = lines(20, (index) => `line ${index}`);
  const difference = differenceOf(
    expected,
    expected.replace("line 9", "line\r9"),
  );
  assert(difference?.includes("@@ -7,7 +7,7 @@"));
});

Deno.test("of a long difference twenty lines are shown", () => {
  const difference = differenceOf(lines(100, (index) => `${index}`), "") ?? "";
  const shown = difference.split("\n");
  assertEquals([shown.length, shown.at(-1)], [21, "[...]"]);
});

Deno.test("long traces that differ everywhere are compared in a moment", () => {
  const begin = performance.now();
  const difference = differenceOf(
    lines(200_000, (index) => `same ${index % 2 ? index : "or"} not`),
    lines(200_000, (index) => `same ${index % 2 ? -index : "or"} not`),
  );
  assert(performance.now() - begin < MOMENT);
  assert(difference?.includes("@@ -1,"));
});
