import { MemPool } from "@thi.ng/malloc";
import type { Allocator } from "../allocator.ts";

const POOL = 2 ** 27; // bytes

/** An allocator in TypeScript that manages an ArrayBuffer. */
export function open(): Allocator<number> {
  const pool = new MemPool({ size: POOL });
  return {
    none: 0,
    malloc: (size) => pool.malloc(size),
    calloc: (size) => pool.calloc(size),
    realloc: (address, size) =>
      address === 0 ? pool.malloc(size) : pool.realloc(address, size),
    free: (address) => {
      pool.free(address);
    },
    [Symbol.dispose]: () => {
      pool.release();
    },
  };
}
