/** The arrays that a column can be made of. */
export type Values = Float64Array | Uint32Array | Uint8Array;

const FIRST_CAPACITY = 256;

/**
 * A typed array that grows: what is recorded call by call, without an object for
 * each call.
 */
export class Column<Kind extends Values> {
  /** Entries so far. */
  length = 0;
  readonly #make: new (capacity: number) => Kind;
  #values: Kind;

  /** @param make The kind of array. */
  constructor(make: new (capacity: number) => Kind) {
    this.#make = make;
    this.#values = new make(FIRST_CAPACITY);
  }

  /** Adds an entry at the end. */
  push(value: number): void {
    if (this.length === this.#values.length) {
      const wider = new this.#make(2 * this.length);
      wider.set(this.#values);
      this.#values = wider;
    }
    this.#values[this.length++] = value;
  }

  /** The entries so far, or the first of them, in an array of their own. */
  finish(count = this.length): Kind {
    return this.#values.slice(0, count) as Kind;
  }
}
