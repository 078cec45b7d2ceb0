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

/** A JavaScript array, and the pointer that C is given. */
interface ArrayForC {
  readonly array: Uint8Array<ArrayBuffer>;
  readonly pointer: Deno.PointerValue;
}

/** Arrays with pointers to them, for C. */
export function openWithPointers(): Allocator<ArrayForC> {
  return {
    none: allocateForC(0),
    malloc: allocateForC,
    calloc: allocateForC,
    realloc({ array }, size) {
      const resized = allocateForC(size);
      resized.array.set(array.length > size ? array.subarray(0, size) : array);
      return resized;
    },
    free: () => {},
    [Symbol.dispose]: () => {},
  };
}

function allocateForC(size: number): ArrayForC {
  const array = new Uint8Array(size);
  return { array, pointer: Deno.UnsafePointer.of(array) };
}
