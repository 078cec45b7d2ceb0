// What a program prints that uses memory which has ended, word by word.
import { pathToFileURL } from "node:url";
import { assertEquals, assertMatch } from "@std/assert";
import { gatedTest, toRun } from "../../support/permissions.ts";
import { DENO, program, run } from "../../support/run_deno.ts";

const PROGRAM = program("use_after_end.ts");

/** As a stack names it: a path may have characters that URLs escape. */
const PROGRAM_URL = pathToFileURL(PROGRAM).href;

/** What each way to end it is called, and where in the program it is. */
const ENDS: Readonly<Record<string, readonly [what: string, call: string]>> = {
  "scope": [
    'its scope "request" was disposed of',
    "Object.scope (PROGRAM:17:39)",
  ],
  "reset": ["its heap was reset", "Object.reset (PROGRAM:18:23)"],
  "heap": ["its heap was disposed of", "Object.heap (PROGRAM:19:37)"],
};

const SUBJECT = 'allocation "frame" (64 bytes at 0xADDRESS)';

/** The error's message, without what differs from run to run. */
async function messageOf(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await run(DENO, [
    ...["run", "--quiet", "--no-prompt", "--allow-ffi", PROGRAM],
    ...args,
  ]);
  assertEquals(code, 1);
  assertEquals(stdout, "length 0, first byte undefined\nTypeError\n");
  const [, message = ""] =
    stderr.match(/^error: Uncaught [^\n]*UsageError: (.*?)^ {2}\S/ms) ?? [];
  assertMatch(message, /0x[0-9a-f]{12}\)/);
  return message.trimEnd().replaceAll(PROGRAM_URL, "PROGRAM")
    .replaceAll(/0x[0-9a-f]+/g, "0xADDRESS");
}

for (const [end, [what, call]] of Object.entries(ENDS)) {
  gatedTest({
    name: `an allocation that ended says what became of it, and where: ${end}`,
    needs: [toRun(DENO)],
    async fn() {
      assertEquals(
        await messageOf(end, "stacks"),
        `Cannot take the bytes of ${SUBJECT}: ${what}
It ended at
    ${call}
    finish (PROGRAM:23:12)
    PROGRAM:28:1
It was allocated at
    make (PROGRAM:12:16)
    PROGRAM:26:15
Allocate again, or dispose of it later`,
      );
    },
  });

  gatedTest({
    name: `without stacks, it says what became of it in one line: ${end}`,
    needs: [toRun(DENO)],
    async fn() {
      assertEquals(
        await messageOf(end, "no stacks"),
        `Cannot take the bytes of ${SUBJECT}: ${what}; allocate again, or dispose of it later`,
      );
    },
  });
}

gatedTest({
  name: "an allocation that was disposed of says where it was made",
  needs: [toRun(DENO)],
  async fn() {
    assertEquals(
      await messageOf("dispose", "stacks"),
      `Cannot take the bytes of ${SUBJECT}: it was disposed of
It was allocated at
    make (PROGRAM:12:16)
    PROGRAM:26:15
Allocate again, or dispose of it later`,
    );
  },
});

gatedTest({
  name: "in a debug heap, it says where it was disposed of too",
  needs: [toRun(DENO)],
  async fn() {
    assertEquals(
      await messageOf("dispose", "stacks", "debug"),
      `Cannot take the bytes of ${SUBJECT}: it was disposed of
It ended at
    Object.dispose (PROGRAM:16:46)
    finish (PROGRAM:23:12)
    PROGRAM:28:1
It was allocated at
    make (PROGRAM:12:16)
    PROGRAM:26:15
Allocate again, or dispose of it later`,
    );
  },
});
