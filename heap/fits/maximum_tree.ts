/**
 * A row of numbers that finds the first, from a place on, that is at least as
 * large as wanted: a tournament tree, each node the larger of the two below it.
 * See Knuth, The Art of Computer Programming, 5.2.3.
 *
 * ```text
 *   node 1                       9
 *                     ┌──────────┴──────────┐
 *   nodes 2, 3        7                     9
 *                ┌────┴────┐           ┌────┴────┐
 *   nodes 4 …    7         2           0         9
 *   place        0         1           2         3
 *
 *   at least 8 from place 1 on: 2 is too small, up and to the right; 9 is not,
 *   and down to the left as long as that is large enough: place 3
 * ```
 *
 * | operation | nodes visited |
 * |---|---|
 * | `set` | 1, up to log₂ n as far as the larger one changes |
 * | `first` | up to 2 log₂ n |
 * | `largest` | 1 |
 */
export class MaximumTree {
  /** Node 0 stands for none; the leaves are the second half. */
  #nodes = new Int32Array(2);
  /** Nodes visited so far. */
  steps = 0;

  /** How many places there are. */
  get capacity(): number {
    return this.#nodes.length / 2;
  }

  /** Bytes of the nodes. */
  get byteLength(): number {
    return this.#nodes.byteLength;
  }

  /** The largest number, 0 if none was set. */
  get largest(): number {
    return this.#nodes[1]!;
  }

  /** The number at a place, 0 if none was set. */
  at(place: number): number {
    return place < this.capacity ? this.#nodes[this.capacity + place]! : 0;
  }

  /** Puts a number that is not negative at a place; there will be room for it. */
  set(place: number, value: number): void {
    while (place >= this.capacity) this.#widen();
    const nodes = this.#nodes;
    let node = this.capacity + place;
    let larger = value;
    while (node > 0 && nodes[node] !== larger) {
      this.steps++;
      nodes[node] = larger;
      larger = Math.max(larger, nodes[node ^ 1]!);
      node >>>= 1;
    }
  }

  /** The first place from `place` on with a number of at least `least`, which is above 0; or -1. */
  first(least: number, place: number): number {
    if (place >= this.capacity) return -1;
    const nodes = this.#nodes;
    let node = this.capacity + place;
    while (nodes[node]! < least) {
      this.steps++;
      while ((node & 1) === 1) node >>>= 1;
      if (node === 0) return -1;
      node++;
    }
    while (node < this.capacity) {
      this.steps++;
      node *= 2;
      if (nodes[node]! < least) node++;
    }
    return node - this.capacity;
  }

  /** Makes room for twice as many places. */
  #widen(): void {
    const before = this.#nodes;
    const nodes = new Int32Array(2 * before.length);
    for (let first = 1; first < before.length; first *= 2) {
      nodes.set(before.subarray(first, 2 * first), 2 * first);
    }
    nodes[1] = before[1]!;
    this.#nodes = nodes;
  }
}
