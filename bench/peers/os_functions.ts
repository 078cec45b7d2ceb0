import { os_calloc, os_free, os_malloc, os_realloc } from "../../mod.ts";
import type { Allocator } from "../allocator.ts";

/** The assignment's functions, with pointers in and out. */
export function open(): Allocator<Deno.PointerValue> {
  return {
    none: null,
    malloc: (size) => os_malloc(size),
    calloc: (size) => os_calloc(1, size),
    realloc: (pointer, size) => os_realloc(pointer, size),
    free: (pointer) => os_free(pointer),
    [Symbol.dispose]: () => {},
  };
}
