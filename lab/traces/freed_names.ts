const FIRST_PLACES = 2 ** 10;
const MOST_PLACES = 2 ** 20;

/** A multiplier that spreads neighbouring addresses: 2^32 divided by the golden ratio. */
const SPREAD = 0x9e3779b1;

/**
 * The names of blocks that were freed, the latest million of them. Each name has one
 * place in a table, and a later one may take it, so that the table has a fixed size and
 * a free costs one store. It tells a second free from a free of an unknown pointer.
 */
export class FreedNames {
  #table = new Float64Array(FIRST_PLACES).fill(NaN);
  #added = 0;

  /** Notes a name. */
  add(name: number): void {
    if (this.#added++ === this.#table.length) this.#grow();
    this.#table[this.#placeOf(name)] = name;
  }

  /** Whether the name was noted, and no other one has taken its place. */
  has(name: number): boolean {
    return this.#table[this.#placeOf(name)] === name;
  }

  #placeOf(name: number): number {
    const low = name >>> 0;
    const high = (name - low) / 2 ** 32;
    const mixed = Math.imul(low ^ Math.imul(high, SPREAD), SPREAD);
    return (mixed ^ mixed >>> 15) & this.#table.length - 1;
  }

  #grow(): void {
    if (this.#table.length === MOST_PLACES) return;
    const before = this.#table;
    this.#table = new Float64Array(2 * before.length).fill(NaN);
    for (const name of before) {
      if (!Number.isNaN(name)) this.#table[this.#placeOf(name)] = name;
    }
  }
}
