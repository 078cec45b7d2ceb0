import { atExit } from "@osmem/osmem/internal";
import { C_LIBRARY } from "./program_files.ts";
import type { Main } from "./load_program.ts";
import { layOutArguments } from "./program_arguments.ts";

const SIGPIPE = 13;

/** What a signal does by itself, and nothing. */
const SIG_DFL = 0n;
const SIG_IGN = 1n;

const SYMBOLS = {
  environ: { type: "pointer" },
  exit: { parameters: ["i32"], result: "void" },
  fflush: { parameters: ["pointer"], result: "i32" },
  signal: { parameters: ["i32", "usize"], result: "usize" },
} as const satisfies Deno.ForeignLibraryInterface;

type CLibrary = Deno.DynamicLibrary<typeof SYMBOLS>["symbols"];

/**
 * Runs a program as the C library does: calls its `main`, and `exit` with what that
 * returns. So it ends the process, and the functions that the program registered with
 * atexit(3) are called in any case. A program that writes to a closed pipe is ended by SIGPIPE,
 * which deno ignores.
 *
 * @param load Loads the program. What runs last is registered first: C++ registers the
 * destructors of its objects while a program is loaded.
 * @param args The name of the program and its arguments.
 * @param finish Called last, with the exit status, when the output of the program is
 * written. It must await nothing and must not throw.
 * @throws {LibraryError} If the native library cannot be loaded.
 * @throws What `load` throws; then nothing is finished.
 */
export async function runProgram(
  load: () => Promise<Main>,
  args: readonly string[],
  finish: (status: number) => void,
): Promise<never> {
  const c = Deno.dlopen(C_LIBRARY, SYMBOLS).symbols;
  const { count, pointer } = layOutArguments(args);
  using _finishing = atExit((status) => {
    c.fflush(null);
    c.signal(SIGPIPE, SIG_IGN); // what follows is done in any case
    finish(status & EXIT_STATUS_BITS);
  });
  c.signal(SIGPIPE, SIG_DFL);
  const main = await load();
  c.exit(main(count, pointer, environmentOf(c)));
  throw new Error("exit(3) returned");
}

/** `envp`: what the variable `environ` leads to. */
function environmentOf({ environ }: CLibrary): Deno.PointerValue {
  return new Deno.UnsafePointerView(environ as Deno.PointerObject).getPointer();
}

/** The bits of a status that the parent of a process receives: wait(2). */
const EXIT_STATUS_BITS = 0xff;
