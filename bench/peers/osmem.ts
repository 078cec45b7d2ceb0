import {
  type Address,
  arenaMemory,
  Heap,
  type HeapOptions,
} from "../../mod.ts";
import type { Allocator } from "../allocator.ts";

/** Bytes of address space: all that one heap can span. */
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
