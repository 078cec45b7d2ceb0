const MODE_BITS = 0o7777;

/**
 * A file next to the one that it replaces once it is complete. Otherwise it is
 * removed. It awaits nothing and needs no random numbers: neither is available during
 * process exit.
 */
export class UnfinishedFile implements Disposable {
  /** Where it is until then: a name that no other file has. */
  readonly path: string;
  readonly #target: OutputTarget;
  #isThere = true;

  /**
   * Makes it, empty.
   *
   * @param target The file whose place it shall take, and whose mode it then has.
   * @throws If it cannot be made.
   */
  constructor(target: OutputTarget) {
    const folder = target.path.slice(0, target.path.lastIndexOf("/") + 1);
    this.#target = target;
    this.path = makeFileIn(folder);
  }

  /** It is whole, and takes the other one's place. */
  finish(): void {
    const { path, found } = this.#target;
    const mode = found?.mode ?? null;
    if (mode !== null) Deno.chmodSync(this.path, mode & MODE_BITS);
    Deno.renameSync(this.path, path);
    this.#isThere = false;
  }

  /** Removes it if it is not whole. */
  [Symbol.dispose](): void {
    if (this.#isThere) Deno.removeSync(this.path);
    this.#isThere = false;
  }
}

/** Makes an empty file; a process of the same number may have left others. */
function makeFileIn(folder: string): string {
  for (let count = 1;; count++) {
    const path = `${folder}.${Deno.pid}-${count}.unfinished`;
    try {
      Deno.openSync(path, { write: true, createNew: true }).close();
      return path;
    } catch (error) {
      if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
    }
  }
}

const MOST_LINKS = 40; // as many as Linux follows

/** The path that a name leads to, and the file there. */
export interface OutputTarget {
  /** A path that is not a link. */
  readonly path: string;
  /** The file there, if there is one. */
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

/** Whether a complete file replaces what is there. */
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
