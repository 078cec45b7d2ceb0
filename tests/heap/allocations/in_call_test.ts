// A memory that uses its own heap during a call of the heap.
import { assertEquals, assertThrows } from "@std/assert";
import {
  type Allocation,
  arenaMemory,
  Heap,
  InvalidPointerError,
  UsageError,
} from "../../../mod.ts";
import { wrapMemory } from "../../support/wrap_memory.ts";

/** A heap whose next call of `sbrk` does this as well. */
function heapThatCalls(
  debug: boolean,
): { readonly heap: Heap; callNext(act: () => void): void } {
  const arena = arenaMemory();
  let act: (() => void) | undefined;
  const memory = wrapMemory(arena, {
    sbrk(increment) {
      const call = increment > 0 ? act : undefined;
      if (call) act = undefined;
      call?.();
      return arena.sbrk(increment);
    },
  });
  const heap = new Heap({ memory, preallocate: 0, debug });
  return { heap, callNext: (next) => act = next };
}

const USES: Readonly<Record<string, (frame: Allocation) => void>> = {
  "disposed of": (frame) => frame[Symbol.dispose](),
  "resized": (frame) => frame.resize(8),
};

for (const debug of [false, true]) {
  const where = debug ? "in a debug heap" : "in a heap";
  for (const [what, use] of Object.entries(USES)) {
    Deno.test(`an allocation is not ${what} while its own resize asks for memory, ${where}`, () => {
      const { heap, callNext } = heapThatCalls(debug);
      const frame = heap.allocate(64);
      frame.bytes.fill(7);
      heap.malloc(8);
      callNext(() => {
        const { code } = assertThrows(() => use(frame), UsageError);
        assertEquals(code, "in-call");
      });
      frame.resize(5000);
      assertEquals(frame.bytes.subarray(0, 64), new Uint8Array(64).fill(7));
      heap.check();
      frame[Symbol.dispose]();
      heap.check();
    });
  }

  Deno.test(`an allocation stays held while its resize asks for memory, ${where}`, () => {
    const { heap, callNext } = heapThatCalls(debug);
    const frame = heap.allocate(64);
    heap.malloc(8);
    callNext(() => {
      const free = () => heap.free(frame.address);
      assertEquals(assertThrows(free, InvalidPointerError).code, "owned");
    });
    frame.resize(5000);
    heap.check();
  });
}
