import { assertEquals, assertThrows } from "@std/assert";
import { CheckError } from "../../../lab/checker/read_reference.ts";
import {
  parsePoints,
  pointsOf,
  withoutTest,
} from "../../../lab/checker/points.ts";

function testNamed(name: string) {
  return { name, reference: `${name}.ref`, program: undefined };
}

Deno.test("points are read from an object", () => {
  assertEquals(parsePoints(`{ "a": 5, "b": 0, "c": 0.5 }`, "points.json"), {
    a: 5,
    b: 0,
    c: 0.5,
  });
});

for (
  const [text, problem] of [
    ["", "not JSON: "],
    ["null", "expected an object with the points of each test"],
    ["5", "expected an object with the points of each test"],
    [`["a"]`, "expected an object with the points of each test"],
    [`{ "a": -1 }`, "a is worth -1: expected a number, 0 or more"],
    [`{ "a": 1e400 }`, "a is worth Infinity: expected a number, 0 or more"],
    [`{ "a": null }`, "a is worth null: expected a number, 0 or more"],
    [`{ "a": "5" }`, `a is worth "5": expected a number, 0 or more`],
  ] as const
) {
  Deno.test(`no points: ${JSON.stringify(text)}`, () => {
    assertThrows(
      () => parsePoints(text, "points.json"),
      CheckError,
      `points.json: ${problem}`,
    );
  });
}

Deno.test("a test is worth 1 where no points are given, else what they say", () => {
  assertEquals(pointsOf(testNamed("a"), undefined), 1);
  assertEquals(pointsOf(testNamed("a"), { a: 0 }), 0);
});

for (const name of ["b", "toString", "__proto__"]) {
  Deno.test(`points must name the test ${name}`, () => {
    assertThrows(
      () => pointsOf(testNamed(name), { a: 1 }),
      CheckError,
      `the points do not list the test ${name}; add it, with 0 if it counts nothing`,
    );
  });
}

Deno.test("points that belong to no test are found", () => {
  const tests = [testNamed("a")];
  assertEquals(withoutTest({ a: 1, b: 2, toString: 3 }, tests), [
    "b",
    "toString",
  ]);
  assertEquals(withoutTest(undefined, tests), []);
});
