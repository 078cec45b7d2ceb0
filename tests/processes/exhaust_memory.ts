// Allocates until the system refuses, goes on, and prints what happened. Meant to
// run where the data segment is limited.
import { assert, assertInstanceOf } from "@std/assert";
import {
  arenaMemory,
  Heap,
  type Memory,
  OutOfMemoryError,
  processMemory,
  SystemCallError,
} from "../../mod.ts";
import { Contents } from "../support/contents.ts";

const MIB = 2 ** 20;

/** Steps so wide that the runtime has room to go on when one is refused. */
const STEP = 64 * MIB;

/** Allocates until it is refused; says by which system call. */
function exhaust(heap: Heap): { syscall: string; code: string } {
  for (;;) {
    try {
      assert(heap.malloc(STEP) !== 0);
    } catch (error) {
      assertInstanceOf(error, OutOfMemoryError);
      assertInstanceOf(error.cause, SystemCallError);
      const { syscall, code } = error.cause;
      return { syscall, code };
    }
  }
}

/** Fills a heap to the limit, sees that it works on, and empties it. */
function run(memory: Memory, mmapThreshold: number) {
  using heap = new Heap({ memory, mmapThreshold });
  const contents = new Contents(heap);
  for (const size of [10, 1000, 100_000]) contents.write(heap.malloc(size));
  const refusal = exhaust(heap);
  heap.check();
  contents.verifyAll();
  contents.write(heap.malloc(40));
  const live = [...heap.blocks()].filter(({ status }) => status !== "free");
  for (const { payload } of live) heap.free(payload);
  heap.check();
  const { liveBlocks } = heap.stats();
  return { ...refusal, allocated: live.length, liveBlocks };
}

/** A heap in an arena that reserves four times the limit. */
function runInArena() {
  using arena = arenaMemory();
  return run(arena, Infinity);
}

console.log(JSON.stringify([
  run(processMemory(), 131072),
  runInArena(),
  run(processMemory(), Infinity),
]));
