import { printableLines } from "../printable.ts";
import {
  embeddedLibrary,
  libraryPath,
  OSMEM_HEADER,
  SONAME,
} from "@osmem/osmem/internal";
import { InterruptedError } from "../processes/interruption.ts";
import { asPath, COMPILE_COMMAND, ProgramError } from "./program_files.ts";

/** How a program is compiled. */
export interface CompileOptions {
  /** Folders with headers of the program. */
  readonly include: readonly string[];
}

/** How the compiler can be ended. */
interface Interruptible {
  /** Ends the compiler when aborted. */
  readonly signal: AbortSignal;
}

/**
 * Compiles a program in C to a shared object that is linked with the native library, by
 * `cc`. Its warnings are passed on.
 *
 * @param file The program.
 * @param folder The folder for the shared object and for what the compiler needs.
 * @param options Where its headers are, and what may end the compiler.
 * @returns The shared object.
 * @throws {ProgramError} If it does not compile.
 * @throws {InterruptedError} If the signal ended the compiler.
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
  if (stderr !== "") console.error(printableLines(stderr));
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
    return "cannot compile it: permission denied to run cc; run deno with " +
      `--allow-run=cc, or compile it yourself with ${COMPILE_COMMAND}`;
  }
  if (error instanceof Deno.errors.NotFound) {
    return "cannot compile it: cc is not installed; install a C compiler";
  }
  return `cannot run cc: ${error instanceof Error ? error.message : error}`;
}

async function requireFile(file: string): Promise<void> {
  let what: string;
  try {
    const { isFile, isDirectory } = await Deno.stat(file);
    if (isFile) return;
    what = isDirectory ? "a folder" : "a device or a pipe";
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    throw new ProgramError(file, `cannot be read: ${problem}`, error);
  }
  throw new ProgramError(file, `is ${what}; expected a C file`);
}

/**
 * Writes `osmem.h` into a folder, for programs to include. osmem itself may lie in no
 * folder: it can be imported by a URL.
 *
 * @throws {ProgramError} If it cannot be written.
 */
export function writeHeader(folder: string): void {
  write(`${folder}/osmem.h`, new TextEncoder().encode(OSMEM_HEADER));
}

/**
 * The file to link programs with so that they call the library that this process has
 * loaded. The embedded library is not a file, so it is written into a folder: a program
 * keeps only its name.
 *
 * @throws {LibraryError} If the native library cannot be loaded.
 * @throws {ProgramError} If it cannot be written.
 */
export function libraryToLinkWith(folder: string): string {
  const path = libraryPath();
  if (path !== SONAME) return path;
  const file = `${folder}/${SONAME}`;
  write(file, embeddedLibrary());
  return file;
}

function write(file: string, contents: Uint8Array): void {
  try {
    Deno.writeFileSync(file, contents);
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    throw new ProgramError(file, `cannot be written: ${problem}`, error);
  }
}
