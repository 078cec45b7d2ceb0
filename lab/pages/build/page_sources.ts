import { createHash } from "node:crypto";

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
  return url.startsWith(ROOT.href) ? url.slice(ROOT.href.length) : undefined;
}

/**
 * A number that changes when one of these files does.
 *
 * @param paths Paths from the repository.
 */
export async function hashSources(paths: readonly string[]): Promise<string> {
  const hash = createHash("sha256");
  for (const path of paths) {
    const text = await Deno.readTextFile(sourceUrl(path));
    hash.update(`${path}\n${text.length}\n${text}`);
  }
  return hash.digest("hex");
}
