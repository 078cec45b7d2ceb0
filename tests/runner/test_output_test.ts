import { assertEquals, assertMatch } from "@std/assert";
import { TestOutput } from "./test_output.ts";

/** What is printed for these lines of `deno test`, without how long it took. */
function printed(text: string): { lines: string[]; output: TestOutput } {
  const lines: string[] = [];
  const output = new TestOutput((line) =>
    lines.push(line.replace(/\d+\.\ds\)$/, "…)"))
  );
  for (const line of text.split("\n")) output.add(line);
  output.end();
  return { lines, output };
}

Deno.test("a file that passed is a line, with or without colours", () => {
  const { lines, output } = printed(
    `running 2 tests from ./a_test.ts
one ... ok (1ms)
two ... ignored (0ms)
\x1b[38;5;245mrunning 1 test from ./b_test.ts\x1b[0m
three ... \x1b[32mok\x1b[0m (1ms)

ok | 2 passed | 0 failed | 1 ignored (3s)
`,
  );
  assertEquals(lines, [
    "a_test.ts ... ok (2 tests, …)",
    "b_test.ts ... ok (1 test, …)",
  ]);
  assertEquals(output.counts, { passed: 2, failed: 0, ignored: 1 });
});

Deno.test("the line of a file says how many tests were left out, and why", () => {
  const { lines } = printed(
    `running 4 tests from ./a_test.ts
one ... ok (1ms)
two [left out: cc is not installed] ... \x1b[33mignored\x1b[0m (0ms)
three [left out: cc is not installed] ... ignored (0ms)
four [left out: needs --allow-net] ... ignored (0ms)

ok | 1 passed | 0 failed | 3 ignored (3s)
`,
  );
  assertEquals(lines, [
    "a_test.ts ... ok (4 tests, 3 of them left out: cc is not installed; " +
    "needs --allow-net, …)",
  ]);
});

Deno.test("a file that failed is printed whole, with the errors, and no other", () => {
  const text = `running 1 test from ./b_test.ts
------- output -------
said
----- output end -----
two ... FAILED (1ms)`;
  const errors = ` ERRORS

two => ./b_test.ts:1:6
error: Error: on purpose

 FAILURES

two => ./b_test.ts:1:6`;
  const { lines, output } = printed(
    `running 1 test from ./a_test.ts
one ... ok (1ms)
${text}
running 1 test from ./c_test.ts
three ... ok (1ms)

${errors}

FAILED | 2 passed | 1 failed (3s)
`,
  );
  assertEquals(lines, [
    "a_test.ts ... ok (1 test, …)",
    `${text}\n`,
    "c_test.ts ... ok (1 test, …)",
    `${errors.trim()}\n`,
  ]);
  assertEquals(output.counts, { passed: 2, failed: 1 });
});

Deno.test("what a file prints while it is loaded belongs to it", () => {
  const loading = `------- pre-test output -------
seed 7
----- pre-test output end -----`;
  const { lines } = printed(
    `${loading}
running 1 test from ./a_test.ts
one ... ok (1ms)
running 1 test from ./b_test.ts
two ... ok (1ms)
${loading}
running 1 test from ./c_test.ts
three ... FAILED (1ms)

FAILED | 2 passed | 1 failed (3s)`,
  );
  assertEquals(lines.slice(0, 2), [
    "a_test.ts ... ok (1 test, …)",
    "b_test.ts ... ok (1 test, …)",
  ]);
  assertMatch(lines[2]!, /^-+ pre-test output -+\nseed 7\n.*FAILED/s);
});

Deno.test("the examples of a file are one line", () => {
  const { lines } = printed(
    `running 1 test from ./heap/heap.ts#10-20.ts
./heap/heap.ts#10-20.ts ... ok (1ms)
running 1 test from ./heap/heap.ts#30-40.ts
./heap/heap.ts#30-40.ts ... ok (1ms)
running 1 test from ./README.md#10-20.ts
./README.md#10-20.ts ... ok (1ms)

ok | 3 passed | 0 failed (3s)`,
  );
  assertEquals(lines, [
    "heap/heap.ts ... ok (2 tests, …)",
    "README.md ... ok (1 test, …)",
  ]);
});

Deno.test("a file that was never finished is printed whole", () => {
  const { lines, output } = printed(
    `running 1 test from ./a_test.ts
one ... ok (1ms)
running 2 tests from ./b_test.ts
two ... ok (1ms)
three ... `,
  );
  assertEquals(lines, [
    "a_test.ts ... ok (1 test, …)",
    "running 2 tests from ./b_test.ts\ntwo ... ok (1ms)\nthree ...\n",
  ]);
  assertEquals(output.counts, undefined);
});

Deno.test("a file whose tests were all filtered out is not printed", () => {
  const { lines, output } = printed(
    `running 0 tests from ./a_test.ts

ok | 0 passed | 0 failed | 5 filtered out (3s)`,
  );
  assertEquals(lines, []);
  assertEquals(output.counts, { passed: 0, failed: 0, "filtered out": 5 });
});
