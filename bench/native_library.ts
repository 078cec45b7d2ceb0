/** Parameters are numbers, so that the compiler makes direct calls. */
const SYMBOLS = {
  glibc_malloc: { parameters: ["u32"], result: "f64" },
  glibc_calloc: { parameters: ["u32", "u32"], result: "f64" },
  glibc_realloc: { parameters: ["f64", "u32"], result: "f64" },
  glibc_free: { parameters: ["f64"], result: "void" },
  mimalloc_open: { parameters: [], result: "u32" },
  mimalloc_malloc: { parameters: ["u32"], result: "f64" },
  mimalloc_calloc: { parameters: ["u32", "u32"], result: "f64" },
  mimalloc_realloc: { parameters: ["f64", "u32"], result: "f64" },
  mimalloc_free: { parameters: ["f64"], result: "void" },
  list_open: { parameters: [], result: "u32" },
  list_close: { parameters: [], result: "void" },
  list_malloc: { parameters: ["u32"], result: "f64" },
  list_calloc: { parameters: ["u32", "u32"], result: "f64" },
  list_realloc: { parameters: ["f64", "u32"], result: "f64" },
  list_free: { parameters: ["f64"], result: "void" },
  floor_open: { parameters: ["u32"], result: "u32" },
  floor_close: { parameters: [], result: "void" },
  floor_fill: { parameters: ["u32", "u32"], result: "void" },
  floor_fill_mixed: { parameters: ["buffer", "u32"], result: "void" },
  floor_pairs: { parameters: ["u32", "u32"], result: "void" },
  floor_changing_pairs: { parameters: ["buffer", "u32"], result: "void" },
  floor_churn: { parameters: ["buffer", "buffer", "u32"], result: "void" },
  floor_resize: { parameters: ["buffer", "buffer", "u32"], result: "void" },
  floor_equal: { parameters: ["buffer", "u32", "u32"], result: "void" },
  floor_alternate: { parameters: ["u32", "u32", "u32"], result: "void" },
  floor_growth: { parameters: ["u32", "u32", "u32"], result: "void" },
  floor_grow_all: { parameters: ["u32", "u32"], result: "void" },
  floor_callocs: { parameters: ["u32", "u32"], result: "void" },
  floor_moves: { parameters: ["u32", "u32"], result: "void" },
  floor_trace: {
    parameters: ["buffer", "buffer", "buffer", "buffer", "u32"],
    result: "void",
  },
  floor_zero: { parameters: ["u32", "u32"], result: "void" },
  floor_copy: { parameters: ["u32", "u32"], result: "void" },
} as const satisfies Deno.ForeignLibraryInterface;

const PATH = decodeURIComponent(
  new URL("native/libbench.so", import.meta.url).pathname,
);

/** The functions of `native/bench.h`. */
export type BenchLibrary = Deno.DynamicLibrary<typeof SYMBOLS>["symbols"];

/**
 * Loads the allocators and workloads written in C.
 *
 * @throws {Error} If the library was not built; `deno task bench` builds it.
 */
export function openLibrary(): Deno.DynamicLibrary<typeof SYMBOLS> {
  try {
    return Deno.dlopen(PATH, SYMBOLS);
  } catch (cause) {
    const problem = cause instanceof Error ? cause.message : String(cause);
    throw new Error(
      `${problem}; compile it with \`deno task build-bench\`, which needs a C compiler`,
      { cause },
    );
  }
}
