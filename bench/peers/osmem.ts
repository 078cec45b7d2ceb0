import {
  type Address,
  type Allocation,
  arenaMemory,
  Heap,
  type HeapOptions,
  os_calloc,
  os_free,
  os_malloc,
  os_realloc,
} from "../../mod.ts";
import type { Allocator } from "../allocator.ts";

/** Bytes of address space that an arena reserves: as many as a heap can span. */
export const RESERVE = 2 ** 34;

/** A heap in an arena of its own, with addresses as numbers. */
export function open(options: HeapOptions = {}): Allocator<Address> {
  const owner = new DisposableStack();
  const memory = owner.use(arenaMemory({ reserve: RESERVE }));
  const heap = owner.use(new Heap({ ...options, memory }));
  return {
    none: 0,
    malloc: (size) => heap.malloc(size),
    calloc: (size) => heap.calloc(1, size),
    realloc: (address, size) => heap.realloc(address, size),
    free: (address) => heap.free(address),
    [Symbol.dispose]: () => owner.dispose(),
  };
}

/** A heap whose calloc maps no blocks, whatever their size. */
export function openAllOnHeap(): Allocator<Address> {
  return open({ callocThreshold: Infinity });
}

/** A debug heap, which does not report the blocks that a case leaves live. */
export function openDebug(): Allocator<Address> {
  return open({ debug: true, onLeak: () => {} });
}

/** The `os_*` functions, which take and return pointers. */
export function openOsFunctions(): Allocator<Deno.PointerValue> {
  return {
    none: null,
    malloc: (size) => os_malloc(size),
    calloc: (size) => os_calloc(1, size),
    realloc: (pointer, size) => os_realloc(pointer, size),
    free: (pointer) => os_free(pointer),
    [Symbol.dispose]: () => {},
  };
}

/** Allocations of a heap, of which a sample records where they are allocated. */
export function openAllocations(
  options: HeapOptions = {},
): Allocator<Allocation> {
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

/** Allocations of a heap that records the stacks of all. */
export function openWithAllStacks(): Allocator<Allocation> {
  return openAllocations({ recordStacks: "all" });
}

/** Allocations of a heap; the bytes of each are written to. */
export function openWithBytes(): Allocator<Allocation> {
  const allocator = openAllocations();
  return {
    ...allocator,
    malloc(size) {
      const allocation = allocator.malloc(size);
      allocation.bytes[0] = 1;
      return allocation;
    },
  };
}
