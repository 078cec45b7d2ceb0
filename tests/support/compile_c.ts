import { assertEquals } from "@std/assert";
import { run } from "./run_deno.ts";

/** Where `osmem.h` and `libosmem.so` lie. */
export const NATIVE = pathOf("../../native");

/** How a library is made. */
interface LibraryOptions {
  /** Whether it is unloaded when nobody has it open any more; by default it stays. */
  readonly isUnloaded?: boolean;
}

/**
 * Compiles a file of `tests/support/c/` into a library that is linked with
 * `libosmem.so`, which must have been loaded when it is opened.
 *
 * @param name The file's name without its ending.
 * @param folder Where the library is to lie.
 * @param options How it is made.
 * @returns The library's path.
 */
export async function compileC(
  name: string,
  folder: string,
  { isUnloaded = false }: LibraryOptions = {},
): Promise<string> {
  const library = `${folder}/${name}.so`;
  const { code, stderr } = await run("cc", [
    ..."-O1 -Wall -Wextra -Werror -shared -fPIC".split(" "),
    ...(isUnloaded ? [] : ["-Wl,-z,nodelete"]),
    "-o",
    library,
    pathOf(`c/${name}.c`),
    `-I${NATIVE}`,
    `-L${NATIVE}`,
    "-losmem",
  ]);
  assertEquals(code, 0, stderr);
  return library;
}

function pathOf(name: string): string {
  return decodeURIComponent(new URL(name, import.meta.url).pathname);
}
