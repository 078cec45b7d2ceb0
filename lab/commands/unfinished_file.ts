import { beforeEndingSignal } from "../processes/ending_signals.ts";

/**
 * A file beside another one whose place it takes once it is whole. Otherwise it is
 * removed, also if the process is told to end meanwhile.
 */
export class UnfinishedFile implements Disposable {
  /** Where it is until then: a name that no other file has. */
  readonly path: string;
  readonly #target: string;
  readonly #mode: number | null;
  readonly #ending: Disposable;
  #isThere = true;

  /**
   * Makes it, empty.
   *
   * @param target The file whose place it shall take.
   * @param mode The mode of that file; by default that of any new file.
   * @throws If it cannot be made.
   */
  constructor(target: string, mode: number | null = null) {
    const folder = target.slice(0, target.lastIndexOf("/") + 1);
    this.#target = target;
    this.#mode = mode;
    this.path = `${folder}.${crypto.randomUUID()}.unfinished`;
    Deno.openSync(this.path, { write: true, createNew: true }).close();
    this.#ending = beforeEndingSignal(() => this.#remove());
  }

  /** It is whole, and takes the other one's place. */
  async finish(): Promise<void> {
    if (this.#mode !== null) await Deno.chmod(this.path, this.#mode);
    await Deno.rename(this.path, this.#target);
    this.#isThere = false;
  }

  /** Removes it if it is not whole. */
  [Symbol.dispose](): void {
    this.#ending[Symbol.dispose]();
    this.#remove();
  }

  #remove(): void {
    if (this.#isThere) Deno.removeSync(this.path);
    this.#isThere = false;
  }
}
