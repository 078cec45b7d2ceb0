import { assertEquals, assertGreater } from "@std/assert";
import { ClientError } from "../../../../../bench/clients/client.ts";
import type { HeapOptions } from "../../../../../mod.ts";
import type { Refusal } from "../../../../support/refusing_memory.ts";
import { sweep } from "../../../../support/sweep.ts";
import { BoundHeap } from "./bound_heap.ts";

/** Makes a heap ask the system often: it takes little at once, and maps much. */
const ASKING_OFTEN: HeapOptions = {
  preallocate: 0,
  growth: 128,
  mmapThreshold: 1024,
};

/** What a library is asked to do while memory is refused. */
export interface Sweep<Answer> {
  /** Opens the library, uses it, closes it, and tells the answer. */
  readonly run: (heap: BoundHeap) => Answer;
  /** The right answer. */
  readonly answer: Answer;
  /** The library's own status for memory that was refused. */
  readonly outOfMemory: number;
  /** How many requests for memory there are at least. */
  readonly least: number;
}

/**
 * Refuses one request for memory after the other, as `sweep()` of `tests/support` does
 * with system calls. Whichever it is, the library says that there is no memory or gives
 * the right answer; it has given everything back, and the heap is whole.
 */
export function clientSweep<Answer>(
  { run, answer, outOfMemory, least }: Sweep<Answer>,
  refusal: (target: number) => Refusal,
): void {
  let failures = 0;
  sweep(
    (refuses) => {
      using heap = new BoundHeap(ASKING_OFTEN, ofRequests(refuses));
      const outcome = attempt(() => run(heap), outOfMemory);
      heap.checkEmpty();
      const { refused } = heap.memory;
      if (refused > 0 && outcome === outOfMemory) failures++;
      else assertEquals(outcome, answer);
      return refused;
    },
    refusal,
    least,
  );
  assertGreater(failures, 0, "the library minded no refusal");
}

/** Counts requests for memory only: one that gives some back is never refused. */
function ofRequests(refuses: Refusal): Refusal {
  let number = 0;
  return (_, syscall) => syscall !== "munmap" && refuses(++number, syscall);
}

/** What `run` returns, or the status for refused memory. Other errors go on. */
function attempt<Answer>(
  run: () => Answer,
  outOfMemory: number,
): Answer | number {
  try {
    return run();
  } catch (error) {
    if (error instanceof ClientError && error.status === outOfMemory) {
      return outOfMemory;
    }
    throw error;
  }
}
