import { InterruptedError } from "../processes/interruption.ts";
import { asPath } from "./as_path.ts";
import { COMPILE_COMMAND } from "./compile_command.ts";
import { libraryToLinkWith, writeHeader } from "./files_for_compiler.ts";
import { ProgramError } from "./program_error.ts";

/** How a program is compiled. */
export interface CompileOptions {
  /** Folders with headers of its own. */
  readonly include: readonly string[];
}

/** What may end the compiler. */
interface Interruptible {
  /** Aborted if it is to end. */
  readonly signal: AbortSignal;
}

/**
 * Compiles a program in C to a shared object that is linked with the native library, by
 * `cc`. Its warnings are passed on.
 *
 * @param file The program.
 * @param folder Where the shared object is to lie, and what else that takes.
 * @param options Where its headers are, and what may end the compiler.
 * @returns The shared object.
 * @throws {ProgramError} If it does not compile.
 * @throws {InterruptedError} If the compiler was to end.
 * @throws {LibraryError} If the native library cannot be loaded.
 */
export async function compileProgram(
  file: string,
  folder: string,
  { include, signal }: CompileOptions & Interruptible,
): Promise<string> {
  await requireFile(file);
  const output = `${folder}/program.so`;
  writeHeader(folder);
  const args = [
    "-shared",
    "-fPIC",
    "-g",
    ...[...include, folder].flatMap((headers) => ["-I", headers]),
    "-o",
    output,
    asPath(file),
    libraryToLinkWith(folder),
  ];
  const { success, stderr } = await runCompiler(file, args, signal);
  if (signal.aborted) {
    throw new InterruptedError(`${file}: interrupted while cc compiled it`);
  }
  if (!success) {
    throw new ProgramError(file, `cc does not compile it:\n${stderr}`);
  }
  if (stderr !== "") console.error(stderr);
  return output;
}

async function runCompiler(
  file: string,
  args: readonly string[],
  signal: AbortSignal,
) {
  try {
    const { success, stderr } = await new Deno.Command("cc", {
      args: [...args],
      stdin: "null",
      stdout: "null",
      signal,
    }).output();
    return { success, stderr: new TextDecoder().decode(stderr).trimEnd() };
  } catch (error) {
    throw new ProgramError(file, remedyFor(error), error);
  }
}

function remedyFor(error: unknown): string {
  if (error instanceof Deno.errors.NotCapable) {
    return "it is to be compiled, but cc may not be run; run deno with --allow-run=cc, " +
      `or compile it yourself with ${COMPILE_COMMAND}`;
  }
  if (error instanceof Deno.errors.NotFound) {
    return "it is to be compiled, but there is no cc here; install a C compiler";
  }
  return `cc cannot be run: ${error instanceof Error ? error.message : error}`;
}

async function requireFile(file: string): Promise<void> {
  try {
    const { isDirectory } = await Deno.stat(file);
    if (!isDirectory) return;
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    throw new ProgramError(file, `cannot be read: ${problem}`, error);
  }
  throw new ProgramError(file, "it is a folder; expected a file in C");
}
