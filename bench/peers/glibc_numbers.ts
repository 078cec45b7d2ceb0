import type { Allocator } from "../allocator.ts";
import { openLibrary } from "../native_library.ts";

/** malloc(3) as fast as it goes: wrappers in C that take and give numbers. */
export function open(): Allocator<number> {
  const library = openLibrary();
  const { glibc_malloc, glibc_calloc, glibc_realloc, glibc_free } =
    library.symbols;
  return {
    none: 0,
    malloc: (size) => glibc_malloc(size),
    calloc: (size) => glibc_calloc(1, size),
    realloc: (address, size) => glibc_realloc(address, size),
    free: (address) => glibc_free(address),
    [Symbol.dispose]: () => library.close(),
  };
}
