// What C passes is 64 bits wide; a number holds 53 of them.
import { assertEquals } from "@std/assert";
import { CBindings, exactArgument } from "../../../heap/c/c_bindings.ts";
import { ErrorLog } from "../../../heap/c/c_calls.ts";
import { boundFunctions } from "../../support/c_functions.ts";

/** Notes the arguments of each call, answers 0. */
function noting(notes: bigint[][]): CBindings {
  const note = () => {
    notes.push([exactArgument(bindings, 0), exactArgument(bindings, 1)]);
    return 0;
  };
  const answers = {
    malloc: note,
    calloc: note,
    realloc: note,
    free: note,
    usableSize: note,
  };
  const bindings: CBindings = new CBindings(answers, new ErrorLog(), {});
  return bindings;
}

const ODD = 2n ** 53n + 1n;
const MOST = 2n ** 64n - 1n;
const POINTER = 0x4141414141414141n;

Deno.test("the arguments of a call that is answered can be had with all their bits", () => {
  const notes: bigint[][] = [];
  using bindings = noting(notes);
  const c = boundFunctions(bindings);
  c.malloc(ODD);
  c.calloc(MOST, ODD);
  c.realloc(POINTER, MOST - 1n);
  c.free(POINTER + 1n);
  assertEquals(notes, [
    [ODD, 0n],
    [MOST, ODD],
    [POINTER, MOST - 1n],
    [POINTER + 1n, 0n],
  ]);
});

Deno.test("the arguments of a call are those of its own bindings", () => {
  const [notes, others]: [bigint[][], bigint[][]] = [[], []];
  using bindings = noting(notes);
  using otherBindings = noting(others);
  boundFunctions(bindings).malloc(1);
  boundFunctions(otherBindings).malloc(2);
  assertEquals([notes, others], [[[1n, 0n]], [[2n, 0n]]]);
  assertEquals(exactArgument(bindings, 0), 1n);
});
