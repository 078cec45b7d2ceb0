import { assertEquals } from "@std/assert";
import { replayReference } from "../../../lab/reference/replay_reference.ts";
import { SCENARIOS } from "../../scenarios/all.ts";

for (const [name, text] of Object.entries(SCENARIOS)) {
  Deno.test(`the replay of ${name}.ref writes it anew`, () => {
    assertEquals(replayReference(text, `${name}.ref`), text);
  });
}

function line(call: string, result: string): string {
  return `${call.padEnd(90)}= ${result}\n`;
}

const FIRST_GROWTH = line("  brk (['0'])", "HeapStart + 0x0") +
  line("  brk (['HeapStart + 0x20000'])", "HeapStart + 0x20000");
const MALLOC_8 = line("os_malloc (['8'])", "HeapStart + 0x20") + FIRST_GROWTH;
const EXIT = "+++ exited (status 0) +++\n";

Deno.test("a replay writes what the heap does, whatever the reference says", () => {
  const wrong = line("os_malloc (['8'])", "0") + EXIT;
  assertEquals(replayReference(wrong, "wrong.ref"), MALLOC_8 + EXIT);
});

Deno.test("a replay keeps the exit status, and a missing line about it", () => {
  const failed = `${MALLOC_8}+++ exited (status 7) +++\n`;
  assertEquals(replayReference(failed, "failed.ref"), failed);
  assertEquals(replayReference(MALLOC_8, "unfinished.ref"), MALLOC_8);
});

Deno.test("a replay ends at a pointer to a place that has not come to be", () => {
  const text = MALLOC_8 +
    line("os_free (['<mapped-addr1> + 0x20'])", "<void>") + EXIT;
  assertEquals(replayReference(text, "place.ref"), MALLOC_8);
});

Deno.test("a replay takes the largest sizes and wrong pointers", () => {
  const text = line("os_malloc (['18446744073709551615'])", "0") +
    line("os_calloc (['18446744073709551615', '2'])", "0") +
    line("os_free (['0x8'])", "<void>") +
    line("os_free (['0xfffffffffffffff8'])", "<void>") +
    line("os_realloc (['0xffffffffffffffc0', '8'])", "0") +
    line("os_free (['0'])", "<void>") + EXIT;
  assertEquals(replayReference(text, "mistakes.ref"), text);
});
