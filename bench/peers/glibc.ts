import type { Allocator } from "../allocator.ts";
import { openLibrary } from "../native_library.ts";

/** malloc(3) as most programs call it through FFI: sizes as BigInt, pointers as objects. */
export function open(): Allocator<Deno.PointerValue> {
  const library = Deno.dlopen("libc.so.6", {
    malloc: { parameters: ["usize"], result: "pointer" },
    calloc: { parameters: ["usize", "usize"], result: "pointer" },
    realloc: { parameters: ["pointer", "usize"], result: "pointer" },
    free: { parameters: ["pointer"], result: "void" },
  });
  const { malloc, calloc, realloc, free } = library.symbols;
  return {
    none: null,
    malloc: (size) => malloc(BigInt(size)),
    calloc: (size) => calloc(1n, BigInt(size)),
    realloc: (pointer, size) => realloc(pointer, BigInt(size)),
    free: (pointer) => free(pointer),
    [Symbol.dispose]: () => library.close(),
  };
}

/** malloc(3) through wrappers in C that take and return numbers: the fastest way. */
export function openWrapped(): Allocator<number> {
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

/** malloc(3) through FFI, and a view of each block that is written to. */
export function openWithViews(): Allocator<Deno.PointerValue> {
  const allocator = open();
  return {
    ...allocator,
    malloc(size) {
      const pointer = allocator.malloc(size);
      const buffer = Deno.UnsafePointerView.getArrayBuffer(pointer!, size);
      new Uint8Array(buffer)[0] = 1;
      return pointer;
    },
  };
}
