// A memory that refuses a window in the midst of a call: the call fails, and the new block
// is not lost.
import { assertEquals, assertGreater, assertThrows } from "@std/assert";
import { arenaMemory, Heap } from "../../../mod.ts";
import { wrapMemory } from "../../support/wrap_memory.ts";

const MAPPED = 200_000;

/** Calls that open windows on a new mapping; each is given a live block of 64 bytes. */
const CALLS: Readonly<Record<string, (heap: Heap, block: number) => unknown>> =
  {
    "malloc": (heap) => heap.malloc(MAPPED),
    "calloc": (heap) => heap.calloc(1, MAPPED),
    "realloc into a mapping": (heap, block) => heap.realloc(block, MAPPED),
    "allocate": (heap) => heap.allocate(MAPPED),
    "allocate({ zero })": (heap) => heap.allocate(MAPPED, { zero: true }),
    "allocateFrom": (heap) => heap.allocateFrom(new Uint8Array(MAPPED)),
    "allocateString": (heap) => heap.allocateString("x".repeat(MAPPED)),
    "allocate in a scope": (heap) => {
      using scope = heap.scope();
      scope.allocate(MAPPED, { zero: true });
    },
  };

for (const debug of [false, true]) {
  const where = debug ? "a debug heap" : "a heap";
  for (const [name, call] of Object.entries(CALLS)) {
    Deno.test(`no refused window makes ${where} lose a block: ${name}`, () => {
      let refused = 0;
      while (refusesWindow(debug, refused + 1, call)) refused++;
      assertGreater(refused, 0);
    });
  }

  Deno.test(`no refused window makes ${where} lose a block: resize into a mapping`, () => {
    const resize = (heap: Heap) => {
      using frame = heap.allocate(64, { zero: true });
      frame.resize(MAPPED);
    };
    let refused = 0;
    while (refusesWindow(debug, refused + 1, resize)) refused++;
    assertGreater(refused, 0);
  });
}

/** Refuses one window of a call; returns whether the call opened so many. */
function refusesWindow(
  debug: boolean,
  refused: number,
  call: (heap: Heap, block: number) => unknown,
): boolean {
  using arena = arenaMemory();
  let left = Infinity;
  const memory = wrapMemory(arena, {
    buffer(address, length) {
      if (--left === 0) throw new RangeError("no window");
      return arena.buffer(address, length);
    },
  });
  using heap = new Heap({ memory, debug, onLeak: () => {} });
  const block = heap.malloc(64);
  heap.bytes(block).fill(5);
  left = refused;
  let isRefused = true;
  try {
    call(heap, block);
    isRefused = left <= 0;
  } catch (error) {
    assertEquals((error as Error).message, "no window");
  }
  left = Infinity;
  if (!isRefused) return false;
  assertEquals(heap.stats().liveBlocks, 1);
  assertEquals(heap.bytes(block)[63], 5);
  heap.check();
  heap.free(block);
  assertThrows(() => heap.free(block), Error, "free already");
  return true;
}
