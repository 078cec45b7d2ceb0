import type { Allocator } from "../allocator.ts";
import { openLibrary } from "../native_library.ts";

/** Microsoft's mimalloc through wrappers in C that take and return numbers. */
export function open(): Allocator<number> {
  const library = openLibrary();
  const { mimalloc_malloc, mimalloc_calloc, mimalloc_realloc, mimalloc_free } =
    library.symbols;
  if (library.symbols.mimalloc_open() === 0) {
    library.close();
    throw new Error(
      "there is no libmimalloc.so.2; Debian has it in the package libmimalloc2.0",
    );
  }
  return {
    none: 0,
    malloc: (size) => mimalloc_malloc(size),
    calloc: (size) => mimalloc_calloc(1, size),
    realloc: (address, size) => mimalloc_realloc(address, size),
    free: (address) => mimalloc_free(address),
    [Symbol.dispose]: () => library.close(),
  };
}
