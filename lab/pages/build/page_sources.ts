import { createHash } from "node:crypto";
import configuration from "../../deno.json" with { type: "json" };

/** The repository: what paths of sources begin at. */
const ROOT = new URL("../../../", import.meta.url);

/** The task that writes the generated module anew. */
export const BUILD_COMMAND = "deno task build-page";

/** A file of the repository, by its path from there. */
export function sourceUrl(path: string): URL {
  return new URL(path, ROOT);
}

/** The path of a file from the repository, if it stands there. */
export function sourcePath(url: string): string | undefined {
  return url.startsWith(ROOT.href)
    ? decodeURIComponent(url.slice(ROOT.href.length))
    : undefined;
}

/** A file of the repository as the system names it. */
export function sourceFile(path: string): string {
  return decodeURIComponent(sourceUrl(path).pathname);
}

/** The library that is bundled with them, and its version. */
const LIBRARY = configuration.imports.uplot;

/**
 * A number that changes when one of these files does, or the library's version.
 *
 * @param paths Paths from the repository.
 */
export async function hashSources(paths: readonly string[]): Promise<string> {
  const hash = createHash("sha256").update(LIBRARY);
  for (const path of paths) {
    const text = await Deno.readTextFile(sourceUrl(path));
    hash.update(`${path}\n${text.length}\n${text}`);
  }
  return hash.digest("hex");
}
