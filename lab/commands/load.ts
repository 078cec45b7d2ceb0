/** Thrown when the code of a command cannot be loaded. */
export class LoadError extends Error {
  /** `"LoadError"`. */
  override readonly name = "LoadError";

  /** @param folder The folder that cannot be read. */
  constructor(folder: URL) {
    super(
      "cannot load the command: permission denied to read " +
        `${decodeURIComponent(folder.pathname)}; run deno with --allow-read`,
    );
  }
}

/**
 * Imports a module of this folder when a command is called.
 *
 * Deno follows an `import("…")` with a text that it can read before the program starts,
 * with all that the module imports: for all commands these are 300 modules, a third of
 * the time of `osmem --help`. So the text is hidden from Deno here. Such an import needs
 * `--allow-read`, as files with traces do; `osmem exec` and `osmem trace`, which run with
 * `--allow-ffi` alone, are imported by a text.
 *
 * @param name The name of the module's file.
 * @throws {LoadError} Without the permission to read the module.
 */
export async function load<Module>(name: string): Promise<Module> {
  const url = new URL(name, import.meta.url);
  requirePermission(url);
  return await import(url.href);
}

/** A prompt would ask for each module. */
function requirePermission(url: URL): void {
  if (url.protocol !== "file:") return;
  const folder = new URL("../", url);
  const { state } = Deno.permissions.querySync({ name: "read", path: folder });
  if (state !== "granted") throw new LoadError(folder);
}
