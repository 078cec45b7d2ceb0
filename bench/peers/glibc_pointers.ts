import type { Allocator } from "../allocator.ts";

/** malloc(3) as people call it through FFI: sizes as BigInt, pointers as objects. */
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
