import { assertEquals } from "@std/assert";
import {
  formatPoints,
  formatResult,
  formatTotal,
  totalOf,
} from "../../../lab/checker/check_result.ts";

function result(points: number, problem?: string, name = "test-all") {
  const test = { name, reference: `${name}.ref`, program: undefined };
  return { test, points, problem };
}

Deno.test("a test that passed is a line with its points in it", () => {
  assertEquals(
    formatResult(result(5)),
    "test-all                         ........................ passed ...   5",
  );
});

Deno.test("a test that failed gives no points, and its problem follows", () => {
  assertEquals(
    formatResult(result(5, "some\nlines")),
    "test-all                         ........................ failed ...   0\nsome\nlines",
  );
});

Deno.test("a long name stays apart from the dots", () => {
  const name = "a-test-with-a-name-that-is-longer-than-its-column";
  assertEquals(
    formatResult(result(1, undefined, name)),
    `${name} ${".".repeat(24)} passed ...   1`,
  );
});

Deno.test("the total counts the points of what passed, out of all", () => {
  const results = [result(5), result(4, "wrong"), result(0.5)];
  assertEquals(totalOf(results), { reached: 5.5, possible: 9.5 });
  assertEquals(
    formatTotal(results),
    `\nTotal:${" ".repeat(59)} 5.5/9.5`,
  );
  assertEquals(totalOf([]), { reached: 0, possible: 0 });
});

Deno.test("sums of fractions are shown with two digits at most", () => {
  assertEquals(
    [0.1 + 0.2, 1, 2.346, 0].map(formatPoints),
    ["0.3", "1", "2.35", "0"],
  );
});
