import { assertEquals } from "@std/assert";
import type { ProcessResult } from "../../../lab/processes/run_processes.ts";
import { whyUnfinished } from "../../../lab/checker/program_trace.ts";

const CALL = "os_malloc (['8']) = 0\n";
const FINISHED = `${CALL}+++ exited (status 3) +++\n`;

/** Why a program whose process ended like this did not come to its end. */
function why(
  trace: string | undefined,
  ended: Partial<ProcessResult>,
): string | undefined {
  const result = {
    code: 0,
    signal: null,
    isTimedOut: false,
    output: "",
    errors: "",
    ...ended,
  };
  return whyUnfinished(trace, result, { include: [], timeLimit: 60 });
}

Deno.test("a program with a line about its exit came to its end", () => {
  assertEquals(why(FINISHED, { code: 3, errors: "something" }), undefined);
});

Deno.test("a program that was ended by a signal did not", () => {
  assertEquals(why(CALL, { signal: "SIGSEGV" }), "it was ended by SIGSEGV");
  assertEquals(
    why(undefined, { signal: "SIGTERM" }),
    "it was ended by SIGTERM",
  );
});

Deno.test("a program whose time was up did not", () => {
  assertEquals(
    why(CALL, { signal: "SIGKILL", isTimedOut: true }),
    "it was ended after 60 s",
  );
});

Deno.test("a program that ended otherwise did not, and what it said follows", () => {
  assertEquals(
    why(CALL, { code: 4, errors: "osmem: one\nosmem: two\n" }),
    "it ended with 4, without exit()\none\ntwo",
  );
});

Deno.test("a program that ended before its first call is told from one that never began", () => {
  assertEquals(
    why("", { code: 4, errors: "said\n" }),
    "it ended with 4, without exit()\nsaid",
  );
});

Deno.test("of a program that never began only what was said is told", () => {
  assertEquals(
    why(undefined, { code: 1, errors: "osmem: program.c: cannot be read\n" }),
    "program.c: cannot be read",
  );
});
