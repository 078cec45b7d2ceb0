// What C does wrong with memory of a debug heap is found: it has the same bindings.
import {
  assertEquals,
  assertInstanceOf,
  assertMatch,
  assertThrows,
} from "@std/assert";
import { CorruptionError, Heap } from "../../../mod.ts";
import { boundFunctions } from "../../support/c_functions.ts";
import { compileC, TO_LINK } from "../../support/compile_c.ts";
import { gatedTest } from "../../support/permissions.ts";
import { poke } from "../../support/poke.ts";
import { StderrLines } from "../../support/stderr_lines.ts";
import { inTemporaryFolder } from "../../support/temporary_folder.ts";

const SYMBOLS = {
  copy_name: { parameters: ["buffer"], result: "void" },
  use_after_free: { parameters: [], result: "void" },
} as const;

/** Runs functions of `mistakes.c` on a debug heap; gives the errors that C could not get. */
async function mistakes(
  make: (c: Deno.DynamicLibrary<typeof SYMBOLS>["symbols"]) => void,
  look: (heap: Heap, errors: readonly Error[]) => void,
): Promise<void> {
  await inTemporaryFolder(async (folder) => {
    using heap = new Heap({ debug: true, onLeak: () => {} });
    using stderr = new StderrLines();
    using bindings = heap.bindToC({ os: true });
    const library = Deno.dlopen(await compileC("mistakes", folder), SYMBOLS);
    make(library.symbols);
    look(heap, bindings.errors);
    assertEquals(stderr.lines.length > 0, bindings.errors.length > 0);
    library.close();
  });
}

const needs = [TO_LINK, { name: "read" }, { name: "write" }] as const;

gatedTest({
  name: "a string that C copies over its block's end is found when C frees it",
  needs,
  fn: () =>
    mistakes(
      (c) => c.copy_name(new TextEncoder().encode("ten bytes.\0")),
      (heap, [error, ...others]) => {
        assertInstanceOf(error, CorruptionError);
        assertEquals([error.code, error.offset], ["overrun", 10]);
        assertMatch(error.message, /allocated at\n(.*\n)*.*c_calls_test\.ts/);
        assertEquals([others.length, heap.stats().liveBlocks], [0, 0]);
      },
    ),
});

gatedTest({
  name: "what C writes into a block that it freed is found by check()",
  needs,
  fn: () =>
    mistakes(
      (c) => c.use_after_free(),
      (heap, errors) => {
        assertEquals(errors, []);
        const found = assertThrows(() => heap.check(), CorruptionError);
        assertEquals([found.code, found.offset], ["write-after-free", 3]);
        poke(found.address, 0xdd); // for the heap to be disposed of
      },
    ),
});

gatedTest({
  name: "a string that fits is copied, freed, and nothing is said",
  needs,
  fn: () =>
    mistakes(
      (c) => c.copy_name(new TextEncoder().encode("nine byte\0")),
      (heap, errors) => {
        assertEquals(errors, []);
        heap.check();
      },
    ),
});

Deno.test("a block that C allocates from a debug heap has exactly the requested size", () => {
  using heap = new Heap({ debug: true });
  using bindings = heap.bindToC();
  const c = boundFunctions(bindings);
  const address = c.malloc(10);
  assertEquals(heap.usableSize(address), 10);
  c.free(address);
});
