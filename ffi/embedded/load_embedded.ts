import { toCString } from "../c_string.ts";
import type { CFunctions } from "./c_library.ts";
import { EMBEDDED_NAME, embeddedLibrary } from "./embedded_library.ts";
import { MemoryFile } from "./memory_file.ts";

const RTLD_LAZY = 1;
const RTLD_NOLOAD = 4;

/**
 * Whether this process has loaded a library of this name, whichever isolate did. It may
 * look for one in the system's folders, but loads nothing.
 */
export function isLoaded(c: CFunctions, name: string): boolean {
  return c.dlopen(toCString(name), RTLD_LAZY | RTLD_NOLOAD) !== null;
}

/**
 * Loads the embedded library, unless this process has it already, and returns the name by
 * which it is opened.
 *
 * Isolates that come here at the same time may each load one of their own. Under that
 * name all of them find the one that was loaded first.
 *
 * @param c The C library.
 * @throws {Error} If the system refuses it; then nothing is left of it.
 */
export function loadEmbedded(c: CFunctions): string {
  if (!isLoaded(c, EMBEDDED_NAME)) loadFromMemory(c);
  return EMBEDDED_NAME;
}

/**
 * Loads another one, from a file that stays open for as long as the process lives: the
 * dynamic loader knows a library by the path too that it was loaded from. If another file
 * came to have the descriptor, who loads that would be given this library.
 *
 * @param c The C library.
 * @throws {Error} If the system refuses it; then nothing is left of it.
 */
export function loadFromMemory(c: CFunctions): void {
  using cleanup = new DisposableStack();
  const file = new MemoryFile(c, EMBEDDED_NAME, embeddedLibrary());
  cleanup.use(file);
  Deno.dlopen(file.path, {});
  cleanup.move();
}
