import { ENDING_SIGNALS, Interruption } from "../processes/interruption.ts";
import { COMPILE_COMMAND } from "./compile_command.ts";
import { type CompileOptions, compileProgram } from "./compile_program.ts";
import { loadProgram, type Main } from "./load_program.ts";
import { OpenFile } from "./open_file.ts";
import { ProgramError } from "./program_error.ts";
import { SignalActions } from "./signal_actions.ts";

/**
 * Loads a program: a shared object, or a file in C, which is compiled first.
 *
 * @param file The program.
 * @param options How to compile it.
 * @throws {ProgramError} If it cannot be compiled or loaded.
 * @throws {InterruptedError} If the process is told to end while it is compiled.
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
 * Compiles a program. Its name is removed before it is loaded: from then on functions of
 * its own may end the process.
 */
async function compile(
  file: string,
  { include }: CompileOptions,
): Promise<OpenFile> {
  using cleanup = new DisposableStack();
  cleanup.use(new SignalActions());
  const { signal } = cleanup.use(new Interruption(ENDING_SIGNALS));
  const folder = makeFolderFor(file);
  cleanup.defer(() => Deno.removeSync(folder, { recursive: true }));
  const compiled = await compileProgram(file, folder, { include, signal });
  return new OpenFile(compiled, file);
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
    return "it is to be compiled, but nothing may be written; run deno with " +
      `--allow-write, or compile it yourself with ${COMPILE_COMMAND}`;
  }
  const problem = error instanceof Error ? error.message : String(error);
  return `there is no folder to compile it in: ${problem}`;
}
