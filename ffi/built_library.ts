/** How the address of the module that loads the library ends. */
const LOADER = "/ffi/library.ts";

/**
 * Where a build of this source leaves the library, `native/libosmem.so`, if the modules lie
 * in a folder of the file system as they do in the source.
 *
 * In a bundle they do not, and in a program of `deno compile` that only looks so: there
 * it would be a place where anybody could put a library.
 *
 * @param loader The `import.meta.url` of the module that loads it, `ffi/library.ts`.
 * @param isStandalone Whether `deno compile` made this program.
 * @returns The path; nothing if there is none.
 */
export function builtLibrary(
  loader: string,
  isStandalone: boolean,
): string | undefined {
  const { protocol, pathname } = new URL(loader);
  const isSource = protocol === "file:" && pathname.endsWith(LOADER);
  return isSource && !isStandalone
    ? decodeURIComponent(pathname.slice(0, -LOADER.length)) +
      "/native/libosmem.so"
    : undefined;
}
