import { embeddedLibrary } from "../../ffi/embedded_library.ts";
import { SONAME } from "../../ffi/libraries.generated.ts";
import { OSMEM_HEADER } from "../../ffi/osmem_header.generated.ts";
import { libraryPath } from "../../ffi/library.ts";
import { ProgramError } from "./program_error.ts";

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
 * loaded. The embedded one is no file, and is written into a folder: what the program
 * remembers is only its name.
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
