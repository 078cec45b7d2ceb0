import { type CompileOptions, compileProgram } from "./compile_program.ts";
import { loadProgram, type Main } from "./load_program.ts";
import { ProgramError } from "./program_error.ts";

/**
 * Loads a program: a shared object, or a file in C, which is compiled first.
 *
 * @param file The program.
 * @param options How to compile it.
 * @throws {ProgramError} If it cannot be compiled or loaded.
 * @throws {LibraryError} If the native library cannot be loaded.
 */
export async function openProgram(
  file: string,
  options: CompileOptions,
): Promise<Main> {
  if (!file.endsWith(".c")) return loadProgram(file);
  const folder = await makeFolderFor(file);
  try {
    const compiled = `${folder}/program.so`;
    await compileProgram(file, compiled, options);
    return loadProgram(compiled, file); // it stays loaded when the file is gone
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function makeFolderFor(file: string): Promise<string> {
  try {
    return await Deno.makeTempDir({ prefix: "osmem-" });
  } catch (error) {
    throw new ProgramError(file, remedyFor(error), error);
  }
}

function remedyFor(error: unknown): string {
  if (error instanceof Deno.errors.NotCapable) {
    return "it is to be compiled, but nothing may be written; run deno with " +
      "--allow-write, or compile it yourself with cc -shared -fPIC … -losmem";
  }
  const problem = error instanceof Error ? error.message : String(error);
  return `there is no folder to compile it in: ${problem}`;
}
