import { libraryPath } from "../../ffi/library.ts";
import { InterruptedError } from "../processes/interruption.ts";
import { asPath } from "./as_path.ts";
import { COMPILE_COMMAND } from "./compile_command.ts";
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

const HEADERS = new URL("../../native/", import.meta.url);

/**
 * Compiles a program in C to a shared object that is linked with `libosmem.so`, by
 * `cc`. Its warnings are passed on.
 *
 * @param file The program.
 * @param output The shared object.
 * @param options Where its headers are, and what may end the compiler.
 * @throws {ProgramError} If it does not compile.
 * @throws {InterruptedError} If the compiler was to end.
 * @throws {LibraryError} If the native library cannot be loaded.
 */
export async function compileProgram(
  file: string,
  output: string,
  { include, signal }: CompileOptions & Interruptible,
): Promise<void> {
  await requireFile(file);
  const folders = [...include, decodeURIComponent(HEADERS.pathname)];
  const args = [
    "-shared",
    "-fPIC",
    "-g",
    ...folders.flatMap((folder) => ["-I", folder]),
    "-o",
    output,
    asPath(file),
    libraryPath(),
  ];
  const { success, stderr } = await runCompiler(file, args, signal);
  if (signal.aborted) {
    throw new InterruptedError(`${file}: interrupted while cc compiled it`);
  }
  if (!success) {
    throw new ProgramError(file, `cc does not compile it:\n${stderr}`);
  }
  if (stderr !== "") console.error(stderr);
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
