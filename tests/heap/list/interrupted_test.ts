import { assert, assertEquals, assertThrows } from "@std/assert";
import {
  type Allocation,
  type AllocationMessage,
  arenaMemory,
  ArgumentError,
  CorruptionError,
  Heap,
  type HeapOptions,
  OutOfMemoryError,
} from "../../../mod.ts";
import { watchHeap } from "../../../internal.ts";
import type { HeapWatcher } from "../../../heap/inspection/watch.ts";
import {
  callDeep,
  freeAgain,
  isInterruption,
  isOverflow,
  roomOnStack,
} from "../../support/overflow.ts";
import { type Random, seededTests } from "../../support/seed.ts";
import { callsOf, IS_THOROUGH } from "../../support/thoroughness.ts";
import { wrapMemory } from "../../support/wrap_memory.ts";

/** The block that an overflow must leave alone: where it is, and what it holds. */
interface Kept {
  readonly address: number;
  readonly size: number;
  readonly mark: number;
}

/**
 * Every method that uses the blocks refuses, and so does the free of each block, that
 * allocated last included; disposing of the heap works.
 */
function assertRefusing(heap: Heap, blocks: readonly number[]): void {
  const address = blocks[0] ?? 0;
  const uses: [string, () => unknown][] = [
    ["malloc", () => heap.malloc(64)],
    ["malloc, mapped", () => heap.malloc(1 << 20)],
    ["calloc", () => heap.calloc(8, 8)],
    ["realloc", () => heap.realloc(address, 5000)],
    ["realloc of NULL", () => heap.realloc(0, 5000)],
    ...blocks.map((block): [string, () => unknown] => [
      `free(${block})`,
      () => heap.free(block),
    ]),
    ["usableSize", () => heap.usableSize(address)],
    ["bytes", () => heap.bytes(address)],
    ["allocate", () => heap.allocate(64)],
    ["scope", () => heap.scope()],
    ["reset", () => heap.reset()],
    ["blocks", () => heap.blocks()],
    ["stats", () => heap.stats()],
    ["leaks", () => heap.leaks()],
    ["check", () => heap.check()],
  ];
  for (const [name, use] of uses) {
    const error = assertThrows(
      use,
      CorruptionError,
      "dispose of this heap",
      name,
    );
    assertEquals(error.code, "interrupted", name);
  }
  assertEquals(Deno.inspect(heap), "Heap (interrupted)");
  heap[Symbol.dispose]();
  heap[Symbol.dispose]();
}

/** The blocks hold what was written, and no others are live. */
function assertWhole(heap: Heap, kept: readonly Kept[], allocations: number) {
  heap.check();
  assertEquals(heap.stats().liveBlocks, kept.length + allocations);
  for (const { address, size, mark } of kept) {
    const bytes = heap.bytes(address, size);
    assertEquals([bytes[0], bytes[size - 1]], [mark, mark]);
  }
}

/** Uses a heap near the stack's end for some rounds; returns whether it was interrupted. */
function overflow(heap: Heap, random: Random, rounds: number): boolean {
  const kept: Kept[] = [];
  const allocations: Allocation[] = [];
  const room = roomOnStack();
  const keep = (address: number, size: number) => {
    const mark = random.between(0, 255);
    heap.bytes(address, size).fill(mark);
    kept.push({ address, size, mark });
  };
  for (let count = 0; count < 40; count++) keep(heap.malloc(64), 64);
  for (let round = 0; round < rounds; round++) {
    const size = random.oneIn(6)
      ? random.between(100_000, 300_000)
      : random.between(1, 600);
    const at = random.between(0, kept.length - 1);
    const { address } = kept[at]!;
    const kind = random.between(0, 7);
    const last = allocations.at(-1);
    const align = random.oneOf([8, 64, 256]);
    let result: number | Allocation | undefined;
    let message: AllocationMessage | undefined;
    let isDone = false;
    let tries = 0;
    try {
      callDeep(room - random.between(0, 250), () => {
        if (kind === 0) result = heap.malloc(size);
        else if (kind === 1) result = heap.calloc(1, size);
        else if (kind === 2) result = heap.realloc(address, size);
        else if (kind === 3) freeAgain(heap, address, tries++);
        else if (kind === 4) result = heap.allocate(size, { align });
        else if (kind === 5) last?.[Symbol.dispose]();
        else if (kind === 6) last?.resize(size);
        else if (last && !last.isDisposed) message = heap.transfer(last);
        isDone = true;
      });
    } catch (error) {
      if (isInterruption(error)) {
        assertRefusing(heap, kept.map(({ address }) => address));
        return true;
      }
      if (!isOverflow(error)) throw error;
    }
    if (Deno.inspect(heap) === "Heap (interrupted)") {
      // The second try found that the first had ended the allocation, and had no more to do.
      assert(
        kind === 5 || kind === 7,
        `kind ${kind} passed over an interruption`,
      );
      assertRefusing(heap, kept.map(({ address }) => address));
      return true;
    }
    if (isDone) {
      if (kind === 2 || kind === 3) kept.splice(at, 1);
      if (kind === 5 || kind === 7) allocations.pop();
      if (message) heap.takeBack(message);
      if (typeof result === "number") keep(result, size);
      else if (result) allocations.push(result);
    }
    for (const { bytes, address, size } of allocations) {
      assert(bytes.length === size && size <= heap.usableSize(address));
    }
    assertWhole(heap, kept, allocations.length);
    while (kept.length < 20) keep(heap.malloc(100), 100);
  }
  for (const allocation of allocations) allocation[Symbol.dispose]();
  return false;
}

/** How many heaps each test uses. */
const RUNS = callsOf(48);

/** How many where an exception is met in every second call, and the stack is not used up. */
const FAILING_RUNS = IS_THOROUGH ? RUNS : 3;

const test = seededTests("Interruptions");

const WATCHER: HeapWatcher = {
  beforeGrowth: () => {},
  afterSystemCall: () => {},
  afterMapping: () => {},
  afterUnmapping: () => {},
  afterSearch: () => {},
};

const VARIANTS: Record<string, HeapOptions> = {
  "a heap": {},
  "a heap with first fit": { fit: "first" },
  "a heap with next fit that never merges": { fit: "next", coalesce: "never" },
  "a heap that merges at once": { coalesce: "immediate" },
  "a debug heap": { debug: true },
};

for (const [name, options] of Object.entries(VARIANTS)) {
  test(`${name} is whole or refuses after the stack overflows in it`, (random) => {
    let interruptions = 0;
    for (let run = 0; run < RUNS; run++) {
      using heap = new Heap(options);
      if (overflow(heap, random, 60)) interruptions++;
    }
    assert(interruptions > 0, "no overflow met a change");
  });
}

test("a recorded heap is whole or refuses after the stack overflows in it", (random) => {
  for (let run = 0; run < RUNS; run++) {
    using heap = new Heap();
    using watch = watchHeap(heap, WATCHER);
    overflow(heap, random, 60);
    watch.takeChanges(() => {});
  }
});

for (const options of [{}, { debug: true }]) {
  const kind = "debug" in options ? "a debug heap" : "a heap";
  for (const failing of ["sbrk", "mmap", "munmap", "buffer"] as const) {
    test(`${kind} is whole after any exception of Memory.${failing}`, (random) => {
      for (let run = 0; run < FAILING_RUNS; run++) {
        using arena = arenaMemory();
        const failure = random.oneOf([
          new Error("out of order"),
          new TypeError("not a function"),
          new ArgumentError("refused"),
        ]);
        let isFailing = false;
        const memory = wrapMemory(arena, {
          [failing]: (...given: [number, number]) => {
            if (isFailing) throw failure;
            return (arena[failing] as (...given: unknown[]) => number)(
              ...given,
            );
          },
        });
        using heap = new Heap({ ...options, memory });
        useWhileFailing(heap, random, (on) => isFailing = on, failure);
      }
    });
  }
}

/** Calls each method while the memory fails, and in turns while it works. */
function useWhileFailing(
  heap: Heap,
  random: Random,
  fail: (on: boolean) => void,
  failure: Error,
): void {
  const kept: number[] = [heap.malloc(100), heap.malloc(200_000)];
  const allocation = heap.allocate(150_000);
  const scope = heap.scope();
  for (let round = 0; round < 60; round++) {
    const size = random.oneOf([8, 3000, 90_000, 140_000, 400_000]);
    const at = random.between(0, kept.length - 1);
    const kind = random.between(0, 5);
    fail(random.oneIn(2));
    try {
      if (kind === 0) kept.push(heap.malloc(size));
      else if (kind === 1) kept.push(heap.calloc(size, 1));
      else if (kind === 2) kept[at] = heap.realloc(kept[at]!, size);
      else if (kind === 3 && kept.length > 1) {
        heap.free(kept[at]!);
        kept.splice(at, 1);
      } else if (kind === 4) scope.allocate(size);
      else if (kind === 5) allocation.resize(size);
    } catch (error) {
      if (error !== failure && !isOfMemory(error)) throw error;
    }
    fail(false);
    heap.check();
    assertEquals(heap.stats().liveBlocks, kept.length + scope.size + 1);
  }
  scope[Symbol.dispose]();
  allocation[Symbol.dispose]();
  for (const address of kept) heap.free(address);
}

/** Whether the memory's failure was explained by an error of the heap. */
function isOfMemory(error: unknown): boolean {
  return error instanceof OutOfMemoryError;
}

for (const event of Object.keys(WATCHER) as (keyof HeapWatcher)[]) {
  test(`a heap is whole or refuses after an exception of a watcher's ${event}`, (random) => {
    const failure = new Error("the watcher fails");
    let failures = 0;
    for (let run = 0; run < RUNS; run++) {
      using heap = new Heap();
      const kept = [heap.malloc(100), heap.malloc(200_000)];
      let left = random.between(1, 3);
      using _watch = watchHeap(heap, {
        ...WATCHER,
        [event]: () => {
          if (--left !== 0) return;
          failures++;
          throw failure;
        },
      });
      for (let round = 0; round < 40; round++) {
        const size = random.oneOf([64, 100_000, 200_000]);
        const at = random.between(0, kept.length - 1);
        let isRefused = false;
        try {
          if (random.oneIn(2)) kept.push(heap.malloc(size));
          else heap.free(kept.splice(at, 1)[0] ?? 0);
        } catch (error) {
          if (error !== failure) throw error;
          try {
            heap.malloc(0);
          } catch (error) {
            if (!isInterruption(error)) throw error;
            isRefused = true;
          }
        }
        if (isRefused) {
          assertRefusing(heap, kept);
          break;
        }
        heap.check();
      }
    }
    assert(failures > 0);
  });
}

for (const option of ["align", "label", "zero"] as const) {
  test(`a heap is whole after the getter of the option ${option} throws`, () => {
    using heap = new Heap();
    const failure = new Error("the getter fails");
    const given = {
      get [option](): never {
        throw failure;
      },
    };
    assertThrows(() => heap.allocate(64, given), Error, failure.message);
    heap.check();
    assertEquals(heap.stats().liveBlocks, 0);
  });
}
