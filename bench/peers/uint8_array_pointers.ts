import type { Allocator } from "../allocator.ts";

/** An array of JavaScript's, and the pointer that C is given. */
interface ArrayForC {
  readonly array: Uint8Array<ArrayBuffer>;
  readonly pointer: Deno.PointerValue;
}

/** JavaScript's own memory with pointers to it; the garbage collector frees it. */
export function open(): Allocator<ArrayForC> {
  return {
    none: allocate(0),
    malloc: allocate,
    calloc: allocate,
    realloc({ array }, size) {
      const resized = allocate(size);
      resized.array.set(array.length > size ? array.subarray(0, size) : array);
      return resized;
    },
    free: () => {},
    [Symbol.dispose]: () => {},
  };
}

function allocate(size: number): ArrayForC {
  const array = new Uint8Array(size);
  return { array, pointer: Deno.UnsafePointer.of(array) };
}
