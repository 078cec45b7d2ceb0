import { Heap } from "../../mod.ts";

const SYMBOLS = {
  keep_blocks: { parameters: [], result: "i32" },
  end_process: { parameters: ["i32"], result: "void" },
} as const satisfies Deno.ForeignLibraryInterface;

/**
 * Binds a heap for good, and has C keep blocks of it until the thread or the process
 * ends: `tests/support/c/endings.c`.
 *
 * @param path The library.
 * @returns Its functions.
 */
export function keepBlocks(
  path: string,
): Deno.DynamicLibrary<typeof SYMBOLS>["symbols"] {
  new Heap().bindToC({ os: true });
  const { symbols } = Deno.dlopen(path, SYMBOLS);
  if (symbols.keep_blocks() === 0) throw new Error("C got no memory");
  return symbols;
}
