import { MemoryFile, openCLibrary } from "@osmem/osmem/internal";
import { ENDING_SIGNALS, Interruption } from "../processes/interruption.ts";
import { type CompileOptions, compileProgram } from "./compile_program.ts";
import { loadProgram, type Main } from "./load_program.ts";
import { C_LIBRARY, COMPILE_COMMAND, ProgramError } from "./program_files.ts";

/**
 * Loads a program: a shared object, or a file in C, which is compiled first.
 *
 * @param file The program.
 * @param options How to compile it.
 * @throws {ProgramError} If it cannot be compiled or loaded.
 * @throws {InterruptedError} If a signal ends the process while the program is compiled.
 * @throws {LibraryError} If the native library cannot be loaded.
 */
export async function openProgram(
  file: string,
  options: CompileOptions,
): Promise<Main> {
  if (!file.endsWith(".c")) return loadProgram(file);
  using compiled = await compile(file, options);
  return loadProgram(compiled.path, file);
}

/**
 * Compiles a program, and keeps it in memory: from then on functions of its own may end the
 * process, so no file may be left, and nothing can be loaded from a folder that is mounted
 * noexec.
 */
async function compile(
  file: string,
  { include }: CompileOptions,
): Promise<MemoryFile> {
  using cleanup = new DisposableStack();
  cleanup.use(new SignalActions());
  const { signal } = cleanup.use(new Interruption(ENDING_SIGNALS));
  const folder = makeFolderFor(file);
  cleanup.defer(() => Deno.removeSync(folder, { recursive: true }));
  const compiled = await compileProgram(file, folder, { include, signal });
  return keepInMemory(compiled, file);
}

function keepInMemory(compiled: string, file: string): MemoryFile {
  try {
    const bytes = Deno.readFileSync(compiled);
    return new MemoryFile(openCLibrary(), "program.so", bytes);
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    throw new ProgramError(file, `cannot load what cc made: ${problem}`, error);
  }
}

function makeFolderFor(file: string): string {
  try {
    return Deno.makeTempDirSync({ prefix: "osmem-" });
  } catch (error) {
    throw new ProgramError(file, remedyFor(error), error);
  }
}

function remedyFor(error: unknown): string {
  if (error instanceof Deno.errors.NotCapable) {
    return "cannot compile it: permission denied to write; run deno with " +
      `--allow-write, or compile it yourself with ${COMPILE_COMMAND}`;
  }
  const problem = error instanceof Error ? error.message : String(error);
  return `cannot make a folder to compile it in, in TMPDIR or /tmp: ${problem}; set ` +
    "TMPDIR to a folder that can be written";
}

const SIGNAL_SYMBOLS = {
  sigaction: { parameters: ["i32", "buffer", "buffer"], result: "i32" },
} as const satisfies Deno.ForeignLibraryInterface;

const SIGNALS = [1, 2, 15]; // SIGHUP, SIGINT and SIGTERM, listened to while it is compiled

/** More than `struct sigaction` has. */
const ACTION_BYTES = 256;

/**
 * What signals do to this process, restored when it is disposed of: deno keeps a signal
 * to itself once it has been listened to, and a program would inherit that.
 */
export class SignalActions implements Disposable {
  readonly #c = Deno.dlopen(C_LIBRARY, SIGNAL_SYMBOLS).symbols;
  readonly #actions = SIGNALS.map((signal) => {
    const action = new Uint8Array(ACTION_BYTES);
    this.#c.sigaction(signal, null, action);
    return [signal, action] as const;
  });

  /** Restores them. */
  [Symbol.dispose](): void {
    for (const [signal, action] of this.#actions) {
      this.#c.sigaction(signal, action, null);
    }
  }
}
