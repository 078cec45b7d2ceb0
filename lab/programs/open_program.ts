import { CompileFolder } from "./compile_folder.ts";
import { type CompileOptions, compileProgram } from "./compile_program.ts";
import { loadProgram, type Main } from "./load_program.ts";
import { OpenFile } from "./open_file.ts";
import { SignalActions } from "./signal_actions.ts";

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
  using compiled = await compile(file, options);
  return loadProgram(compiled.path, file);
}

/**
 * Compiles a program. Its name is removed before it is loaded: from then on functions of
 * its own may end the process.
 */
async function compile(
  file: string,
  options: CompileOptions,
): Promise<OpenFile> {
  using _signals = new SignalActions();
  using folder = new CompileFolder(file);
  const compiled = `${folder.path}/program.so`;
  await compileProgram(file, compiled, options);
  return new OpenFile(compiled, file);
}
