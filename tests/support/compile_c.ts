import { assertEquals } from "@std/assert";
import { whyNotBuilt } from "./built.ts";
import { type Need, toRun, whyNotInstalled } from "./permissions.ts";
import { type Outcome, run } from "./run_deno.ts";

/** Where `osmem.h` and `libosmem.so` lie. */
export const NATIVE = pathOf("../../native");

/** What it takes to compile C that is linked with `libosmem.so`. */
export const TO_LINK: Need = {
  ...toRun("cc"),
  whyMissing: () => whyNotInstalled("cc") ?? whyNotBuilt(),
};

/** How a file in C is compiled. */
interface CompileOptions {
  /** What the compiler is given besides. */
  readonly flags?: readonly string[];
  /** Whether it is linked with `libosmem.so`; by default it is. */
  readonly isLinked?: boolean;
}

/**
 * Compiles a file in C into a shared object, as the documentation says.
 *
 * @param file The file.
 * @param library The shared object.
 * @param options How it is compiled.
 * @returns What the compiler said.
 */
export function compileLibrary(
  file: string,
  library: string,
  { flags = [], isLinked = true }: CompileOptions = {},
): Promise<Outcome> {
  return run("cc", [
    ...["-shared", "-fPIC", file, `-I${NATIVE}`, "-o", library, ...flags],
    ...(isLinked ? [`-L${NATIVE}`, "-losmem"] : []),
  ]);
}

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
  const { code, stderr } = await compileLibrary(
    pathOf(`c/${name}.c`),
    library,
    {
      flags: [
        ...["-O1", "-Wall", "-Wextra", "-Werror"],
        ...(isUnloaded ? [] : ["-Wl,-z,nodelete"]),
      ],
    },
  );
  assertEquals(code, 0, stderr);
  return library;
}

function pathOf(name: string): string {
  return decodeURIComponent(new URL(name, import.meta.url).pathname);
}
