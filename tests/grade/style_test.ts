import { assertEquals, assertStringIncludes } from "@std/assert";
import { checkStyle } from "./style.ts";

const holds = () => Promise.resolve(undefined);

Deno.test("a rule whose program is missing gives no points, is not run, and is named", async () => {
  const lines: string[] = [];
  const ran: string[] = [];
  const { points, leftOut } = await checkStyle(
    (program) => Promise.resolve(program !== "shellcheck"),
    (command, args) => {
      ran.push([command, ...args].join(" "));
      return holds();
    },
    (line) => lines.push(line),
  );
  assertEquals(points, 8);
  assertEquals(leftOut, ["shell scripts (shellcheck is not installed)"]);
  assertEquals(ran.some((command) => command.includes("lint_shell")), false);
  assertStringIncludes(
    lines.find((line) => line.includes("shell scripts"))!,
    "not checked    0",
  );
});

Deno.test("all rules together give ten points, and one that fails none of its own", async () => {
  const all = await checkStyle(() => Promise.resolve(true), holds, () => {});
  assertEquals(all, { points: 10, leftOut: [] });
  const one = await checkStyle(
    () => Promise.resolve(true),
    (command) => Promise.resolve(command === "sh" ? "a warning" : undefined),
    () => {},
  );
  assertEquals(one.points, 6);
});
