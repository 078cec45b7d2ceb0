import { atExit } from "../../ffi/exit_action.ts";
import type { Main } from "./load_program.ts";
import { layOutArguments } from "./program_arguments.ts";

const C_LIBRARY = "libc.so.6";

const SYMBOLS = {
  exit: { parameters: ["i32"], result: "void" },
  fflush: { parameters: ["pointer"], result: "i32" },
} as const satisfies Deno.ForeignLibraryInterface;

/**
 * Runs a program as the C library does: calls its `main`, and `exit` with what that
 * returns. So it ends the process, and the functions that the program registered with
 * atexit(3) are called in any case.
 *
 * @param load Loads the program. What is to be done last is registered before: C++
 * registers the destructors of its objects while it is loaded.
 * @param args Its name, and what is given to it.
 * @param finish Called last, with the exit status: what is still to be done, without
 * awaiting anything. What the program printed is out by then. It must not throw.
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
    finish(status & EXIT_STATUS_BITS);
  });
  const main = await load();
  c.exit(main(count, pointer));
  throw new Error("exit(3) returned");
}

/** What of a status the parent of a process is told: wait(2). */
const EXIT_STATUS_BITS = 0xff;
