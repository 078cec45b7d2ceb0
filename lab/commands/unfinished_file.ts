import type { OutputTarget } from "./output_target.ts";

const MODE_BITS = 0o7777;

/**
 * A file beside another one whose place it takes once it is whole. Otherwise it is
 * removed. Nothing is awaited, and no random numbers are needed: both are not to be had
 * while a process ends.
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
