import { type CompileOptions, compileProgram } from "./compile_program.ts";
import { loadProgram, type Main } from "./load_program.ts";

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
  const folder = await Deno.makeTempDir({ prefix: "osmem-" });
  try {
    const compiled = `${folder}/program.so`;
    await compileProgram(file, compiled, options);
    return loadProgram(compiled); // it stays loaded when the file is gone
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
