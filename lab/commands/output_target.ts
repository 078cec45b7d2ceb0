const MOST_LINKS = 40; // as many as Linux follows

/** What a name leads to, and what is there. */
export interface OutputTarget {
  /** A name that is no link. */
  readonly path: string;
  /** What is there, if anything. */
  readonly found: Deno.FileInfo | undefined;
}

/**
 * Follows links, also to where there is nothing yet.
 *
 * @throws {Error} If they lead in a circle.
 */
export function followLinks(name: string): OutputTarget {
  let path = name;
  for (let links = 0; links <= MOST_LINKS; links++) {
    const found = lookAt(path);
    if (!found?.isSymlink) return { path, found };
    const folder = path.slice(0, path.lastIndexOf("/") + 1);
    const link = Deno.readLinkSync(path);
    path = link.startsWith("/") ? link : `${folder}${link}`;
  }
  throw new Error(`it leads through more than ${MOST_LINKS} links`);
}

/** Whether a whole file takes the place of what is there. */
export function isReplaced({ found }: OutputTarget): boolean {
  return !found || found.isFile;
}

function lookAt(path: string): Deno.FileInfo | undefined {
  try {
    return Deno.lstatSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
