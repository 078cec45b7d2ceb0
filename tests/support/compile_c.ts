import { assertEquals } from "@std/assert";
import { run } from "./run_deno.ts";

/** Where `osmem.h` and `libosmem.so` lie. */
export const NATIVE = pathOf("../../native");

/**
 * Compiles a file of `tests/support/c/` into a library that is linked with
 * `libosmem.so`, which must have been loaded when it is opened.
 *
 * @param name The file's name without its ending.
 * @param folder Where the library is to lie.
 * @returns The library's path.
 */
export async function compileC(name: string, folder: string): Promise<string> {
  const library = `${folder}/${name}.so`;
  const { code, stderr } = await run("cc", [
    ..."-O1 -Wall -Wextra -Werror -shared -fPIC -Wl,-z,nodelete -o".split(" "),
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
