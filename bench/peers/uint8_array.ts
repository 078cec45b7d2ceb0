import type { Allocator } from "../allocator.ts";

/** JavaScript's own memory: zeroed arrays, which the garbage collector frees. */
export function open(): Allocator<Uint8Array> {
  return {
    none: new Uint8Array(0),
    malloc: (size) => new Uint8Array(size),
    calloc: (size) => new Uint8Array(size),
    realloc: (array, size) => {
      const resized = new Uint8Array(size);
      resized.set(array.length > size ? array.subarray(0, size) : array);
      return resized;
    },
    free: () => {},
    [Symbol.dispose]: () => {},
  };
}
