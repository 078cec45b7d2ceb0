/** The node that stands for none. */
const NIL = 0;

/** The link that leads to the root: node 0 stands for none, so its links are unused. */
const ROOT = 1;

/**
 * A set of pairs of integers, ordered by the first and then the second.
 *
 * It is a treap: a search tree by the pairs, and a heap by a scrambled node
 * number, which keeps the tree as flat as a random one whatever the order of
 * insertion. Each tree scrambles in its own way, chosen at random. See Seidel and
 * Aragon, "Randomized Search Trees", 1996.
 *
 * ```text
 *   links   [ –, root | left₁, right₁ | left₂, right₂ | … ]
 *   majors  [ –       | size₁         | size₂         | … ]
 *   minors  [ –       | cell₁         | cell₂         | … ]
 * ```
 *
 * | operation | nodes visited |
 * |---|---|
 * | `add`, `delete`, `ceiling`, `last` | about 2 ln n, so 28 for a million |
 */
export class OrderedTree {
  #links = new Int32Array(32);
  #majors = new Int32Array(16);
  #minors = new Int32Array(16);
  /** The first node never used. */
  #fresh = 1;
  /** The first unused node of those used before, chained by their left links. */
  #spare = NIL;
  /** Makes the tree's shape unforeseeable, so that no input can make it deep. */
  readonly #seed = (Math.random() * 2 ** 32) | 0;
  #size = 0;
  /** Nodes visited so far. */
  steps = 0;

  /** Pairs in the set. */
  get size(): number {
    return this.#size;
  }

  /** Bytes of the nodes. */
  get byteLength(): number {
    return this.#links.byteLength + this.#majors.byteLength +
      this.#minors.byteLength;
  }

  /** Lets go of the nodes. The set must not be used any more. */
  letGo(): void {
    this.#links = this.#majors = this.#minors = new Int32Array(0);
  }

  /** Adds a pair that is not in the set. */
  add(major: number, minor: number): void {
    this.#size++;
    const node = this.#allocate(major, minor);
    const priority = this.#priorityOf(node);
    let link = ROOT;
    let here = this.#links[link]!;
    while (here !== NIL && this.#priorityOf(here) >= priority) {
      this.steps++;
      link = 2 * here + (this.#isBefore(here, major, minor) ? 1 : 0);
      here = this.#links[link]!;
    }
    this.#links[link] = node;
    this.#split(here, node);
  }

  /** Removes a pair; returns whether it was in the set. */
  delete(major: number, minor: number): boolean {
    const links = this.#links;
    let link = ROOT;
    let here = links[link]!;
    while (here !== NIL && !this.#is(here, major, minor)) {
      this.steps++;
      link = 2 * here + (this.#isBefore(here, major, minor) ? 1 : 0);
      here = links[link]!;
    }
    if (here === NIL) return false;
    this.#size--;
    this.#join(link, links[2 * here]!, links[2 * here + 1]!);
    links[2 * here] = this.#spare;
    this.#spare = here;
    return true;
  }

  /** Whether a pair is in the set. */
  has(major: number, minor: number): boolean {
    const node = this.ceiling(major, minor);
    return node !== NIL && this.#is(node, major, minor);
  }

  /** The node of the smallest pair that is not below the given one, or 0. */
  ceiling(major: number, minor: number): number {
    let found = NIL;
    let here = this.#links[ROOT]!;
    while (here !== NIL) {
      this.steps++;
      const before = this.#isBefore(here, major, minor);
      if (!before) found = here;
      here = this.#links[2 * here + (before ? 1 : 0)]!;
    }
    return found;
  }

  /** The node of the largest pair, or 0. */
  last(): number {
    let found = NIL;
    for (
      let here = this.#links[ROOT]!;
      here !== NIL;
      here = this.#links[2 * here + 1]!
    ) {
      this.steps++;
      found = here;
    }
    return found;
  }

  /** The first number of a node's pair. */
  major(node: number): number {
    return this.#majors[node]!;
  }

  /** The second number of a node's pair. */
  minor(node: number): number {
    return this.#minors[node]!;
  }

  #is(node: number, major: number, minor: number): boolean {
    return this.#majors[node] === major && this.#minors[node] === minor;
  }

  #isBefore(node: number, major: number, minor: number): boolean {
    const own = this.#majors[node]!;
    return own < major || (own === major && this.#minors[node]! < minor);
  }

  /** Splits the subtree `here` under `node`: smaller pairs left, larger ones right. */
  #split(here: number, node: number): void {
    const links = this.#links;
    const major = this.#majors[node]!;
    const minor = this.#minors[node]!;
    let left = 2 * node;
    let right = 2 * node + 1;
    while (here !== NIL) {
      this.steps++;
      if (this.#isBefore(here, major, minor)) {
        links[left] = here;
        left = 2 * here + 1;
        here = links[left]!;
      } else {
        links[right] = here;
        right = 2 * here;
        here = links[right]!;
      }
    }
    links[left] = NIL;
    links[right] = NIL;
  }

  /** Joins two subtrees at `link`; every pair of the left is below those of the right. */
  #join(link: number, left: number, right: number): void {
    const links = this.#links;
    while (left !== NIL && right !== NIL) {
      this.steps++;
      if (this.#priorityOf(left) >= this.#priorityOf(right)) {
        links[link] = left;
        link = 2 * left + 1;
        left = links[link]!;
      } else {
        links[link] = right;
        link = 2 * right;
        right = links[link]!;
      }
    }
    links[link] = left !== NIL ? left : right;
  }

  /** A scrambled node number: the finaliser of MurmurHash3, a bijection. */
  #priorityOf(node: number): number {
    const seeded = node ^ this.#seed;
    let bits = Math.imul(seeded ^ (seeded >>> 16), 0x85ebca6b);
    bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
    return bits ^ (bits >>> 16);
  }

  #allocate(major: number, minor: number): number {
    let node = this.#spare;
    if (node !== NIL) {
      this.#spare = this.#links[2 * node]!;
    } else {
      node = this.#fresh++;
      if (node === this.#majors.length) this.#grow();
    }
    this.#majors[node] = major;
    this.#minors[node] = minor;
    return node;
  }

  #grow(): void {
    this.#links = widened(this.#links);
    this.#majors = widened(this.#majors);
    this.#minors = widened(this.#minors);
  }
}

function widened(array: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
  const wider = new Int32Array(array.length * 2);
  wider.set(array);
  return wider;
}
