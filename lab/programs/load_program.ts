import { native } from "../../ffi/library.ts";
import { asPath } from "./compile_program.ts";
import { ProgramError } from "./program_error.ts";

const SYMBOLS = {
  main: {
    parameters: [
      "i32", // int argc
      "pointer", // char *argv[]
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
 * @throws {ProgramError} If it cannot be loaded.
 * @throws {LibraryError} If the native library cannot be loaded.
 */
export function loadProgram(file: string): Main {
  native();
  try {
    return Deno.dlopen(asPath(file), SYMBOLS).symbols.main;
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    throw new ProgramError(
      file,
      `cannot be loaded: ${explain(problem)}`,
      error,
    );
  }
}

/** What the dynamic loader says, and what to do about it. */
function explain(problem: string): string {
  const said = problem.replace(/^Could not open library: /, "");
  const remedy = REMEDIES.find(([pattern]) => pattern.test(said))?.[1];
  return remedy === undefined ? said : `${said}; ${remedy}`;
}

const REMEDIES: readonly (readonly [RegExp, string])[] = [
  [/undefined symbol: os_/, "link it with -losmem"],
  [/undefined symbol: main/, "a program has a function main"],
  [
    /position-independent executable|invalid ELF header|cannot dynamically load/,
    "compile it with cc -shared -fPIC … -losmem",
  ],
];
