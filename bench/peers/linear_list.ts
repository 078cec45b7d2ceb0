import type { Allocator } from "../allocator.ts";
import { openLibrary } from "../native_library.ts";

/** The contract in C: each search walks the list of all blocks. */
export function open(): Allocator<number> {
  const library = openLibrary();
  const { list_malloc, list_calloc, list_realloc, list_free, list_close } =
    library.symbols;
  if (library.symbols.list_open() === 0) {
    library.close();
    throw new Error("the system does not reserve 16 GiB of addresses");
  }
  return {
    none: 0,
    malloc: (size) => list_malloc(size),
    calloc: (size) => list_calloc(1, size),
    realloc: (address, size) => list_realloc(address, size),
    free: (address) => list_free(address),
    [Symbol.dispose]: () => {
      list_close();
      library.close();
    },
  };
}
