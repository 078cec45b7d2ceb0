/**
 * Blocks that live until a given call. One of them can be had by chance, and
 * those that are due come in the order in which they became so.
 */
export class LiveBlocks {
  /** Blocks by the call that frees them. */
  readonly #byEnd = new Map<number, number[]>();
  readonly #blocks: number[] = [];
  /** Where in the list each block stands. */
  readonly #places = new Map<number, number>();
  /** Blocks that are due, those before `#nextDue` freed already. */
  #due: number[] = [];
  #nextDue = 0;

  /** How many there are. */
  get count(): number {
    return this.#blocks.length;
  }

  /** The block at a place from 0 to below {@linkcode count}. */
  at(place: number): number {
    return this.#blocks[place] as number;
  }

  /** Adds a block that this call will free. */
  add(block: number, end: number): void {
    this.#places.set(block, this.#blocks.length);
    this.#blocks.push(block);
    const others = this.#byEnd.get(end);
    if (others) others.push(block);
    else this.#byEnd.set(end, [block]);
  }

  /**
   * Removes the block that is due for the longest time, if one is.
   *
   * @param call The number of the call; asked for every call, in order.
   */
  takeDue(call: number): number | undefined {
    this.#collect(call);
    const block = this.#due[this.#nextDue];
    if (block === undefined) return undefined;
    this.#nextDue++;
    this.#remove(block);
    return block;
  }

  #collect(call: number): void {
    if (this.#nextDue === this.#due.length) {
      this.#due = [];
      this.#nextDue = 0;
    }
    for (const block of this.#byEnd.get(call) ?? []) this.#due.push(block);
    this.#byEnd.delete(call);
  }

  /** The last block of the list takes its place. */
  #remove(block: number): void {
    const place = this.#places.get(block) as number;
    const last = this.#blocks.pop() as number;
    this.#places.delete(block);
    if (last === block) return;
    this.#blocks[place] = last;
    this.#places.set(last, place);
  }
}
