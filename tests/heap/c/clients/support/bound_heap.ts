import { assertEquals } from "@std/assert";
import type { ClientHeap } from "../../../../../bench/clients/client.ts";
import {
  type ArenaMemory,
  arenaMemory,
  type CBindings,
  Heap,
  type HeapOptions,
} from "../../../../../mod.ts";
import {
  type Refusal,
  RefusingMemory,
} from "../../../../support/refusing_memory.ts";

const RESERVE = 2 ** 30;

/** A heap that C has its memory from, on memory that may be refused. */
export class BoundHeap implements ClientHeap, Disposable {
  readonly heap: Heap;
  readonly bindings: CBindings;
  readonly memory: RefusingMemory;
  readonly #arena: ArenaMemory = arenaMemory({ reserve: RESERVE });

  constructor(options: HeapOptions = {}, refuses?: Refusal) {
    this.memory = new RefusingMemory(this.#arena, refuses);
    this.heap = new Heap({ ...options, memory: this.memory });
    this.bindings = this.heap.bindToC();
  }

  get calls(): Heap {
    return this.heap;
  }

  /** Every invariant of the heap holds, and C made no mistake so far. */
  check(): void {
    this.heap.check();
    assertEquals(this.bindings.errors, []);
    assertEquals(this.bindings.errorCount, 0);
    assertEquals(this.bindings.refusedCalls, {
      otherThread: 0,
      nested: 0,
      deepStack: 0,
    });
  }

  /** That, and C has given back all that it had. */
  checkEmpty(): void {
    this.check();
    assertEquals(this.heap.stats().liveBlocks, 0);
    assertEquals(this.memory.mappedBytes, 0);
  }

  [Symbol.dispose](): void {
    this.bindings[Symbol.dispose]();
    this.heap[Symbol.dispose]();
    this.#arena[Symbol.dispose]();
  }
}
