import {
  type Allocation,
  arenaMemory,
  Heap,
  type HeapOptions,
} from "../../mod.ts";
import type { Allocator } from "../allocator.ts";
import { RESERVE } from "./osmem.ts";

/** Allocations of a heap, which note where they are made and disposed of. */
export function open(options: HeapOptions = {}): Allocator<Allocation> {
  const owner = new DisposableStack();
  const memory = owner.use(arenaMemory({ reserve: RESERVE }));
  const heap = owner.use(new Heap({ ...options, memory }));
  return {
    none: heap.allocate(0),
    malloc: (size) => heap.allocate(size),
    calloc: (size) => heap.allocate(size, { zero: true }),
    realloc(allocation, size) {
      allocation.resize(size);
      return allocation;
    },
    free: (allocation) => allocation[Symbol.dispose](),
    [Symbol.dispose]: () => owner.dispose(),
  };
}
