import { fromCString, native, toCString } from "@osmem/osmem/internal";
import { asPath, COMPILE_COMMAND, ProgramError } from "./program_files.ts";

const SYMBOLS = {
  main: {
    parameters: [
      "i32", // int argc
      "pointer", // char *argv[]
      "pointer", // char *envp[]
    ],
    result: "i32",
  },
} as const satisfies Deno.ForeignLibraryInterface;

/** A program's `main`. */
export type Main = Deno.DynamicLibrary<typeof SYMBOLS>["symbols"]["main"];

/**
 * Loads a shared object that is a program: one with a `main`. Its `os_*` functions are
 * found in the library that this process has loaded already.
 *
 * @param file The shared object.
 * @param name What the program is called in messages.
 * @throws {ProgramError} If it cannot be loaded.
 * @throws {LibraryError} If the native library cannot be loaded.
 */
export function loadProgram(file: string, name = file): Main {
  native();
  const path = asPath(file);
  requireWhole(path, name);
  try {
    return Deno.dlopen(path, SYMBOLS).symbols.main;
  } catch (error) {
    throw new ProgramError(name, "it has no function main", error);
  }
}

const LOADER_LIBRARY = "libdl.so.2";

const LOADER = {
  dlopen: { parameters: ["buffer", "i32"], result: "pointer" },
  dlerror: { parameters: [], result: "pointer" },
} as const satisfies Deno.ForeignLibraryInterface;

const RTLD_NOW = 2;

/**
 * Loads a program with all that it calls. Deno puts that off until it is called, and
 * then a function that is nowhere ends the process.
 */
function requireWhole(path: string, name: string): void {
  const { dlopen, dlerror } = Deno.dlopen(LOADER_LIBRARY, LOADER).symbols;
  if (dlopen(toCString(path), RTLD_NOW)) return;
  const problem = fromCString(dlerror());
  throw new ProgramError(
    name,
    `cannot be loaded: ${explain(problem.replace(`${path}: `, ""))}`,
  );
}

/** What the dynamic loader says, and what to do about it. */
function explain(problem: string): string {
  const remedy = REMEDIES.find(([pattern]) => pattern.test(problem))?.[1];
  return remedy === undefined ? problem : `${problem}; ${remedy}`;
}

const REMEDIES: readonly (readonly [RegExp, string])[] = [
  [/undefined symbol: os_/, "link it with -losmem"],
  [
    /libosmem\.so: cannot open shared object/,
    "it is linked with a library that this process has not loaded: set OSMEM_LIB to that, " +
    "and allow it with --allow-env=OSMEM_LIB, or give the program in C",
  ],
  [
    /failed to map segment/,
    "its folder may be mounted noexec: copy the program to a folder that is not",
  ],
  [/undefined symbol: /, "link it with what defines that"],
  [
    /position-independent executable|invalid ELF header|file too short|cannot dynamically load/,
    `compile it with ${COMPILE_COMMAND}`,
  ],
];
