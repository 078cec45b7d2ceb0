import { RecyclingMap } from "./recycling_map.ts";

/** A range of consecutive addresses. */
export interface IndexedRange {
  /** The first address. */
  readonly address: number;
  /** How many addresses there are. */
  readonly length: number;
}

/**
 * Ranges that do not overlap, found by any address inside.
 *
 * The order of a range is the smallest power of two that is not below its length. For
 * each order the addresses are divided into granules of that length: a range touches one
 * or two of them, and a granule is touched by three ranges of its order at most.
 *
 * ```text
 *   granules of 8 KiB   │               │               │               │
 *   ranges of 4 to 8          ├─ a ─────┤   ├─ b ─────────┤
 *   found by granule    a               b               b
 * ```
 *
 * | operation | steps |
 * |---|---|
 * | `add`, `delete` | constant |
 * | `around` | up to three for each order that has ranges: at most 53 |
 */
export class RangeIndex<Range extends IndexedRange> {
  readonly #orders = new Map<number, Granules<Range>>();
  /** Orders and ranges looked at so far. */
  steps = 0;

  /** Adds a range that overlaps none of the others. */
  add(range: Range): void {
    const order = orderOf(range);
    const granules = this.#orders.get(order) ?? new RecyclingMap<Range[]>();
    this.#orders.set(order, granules);
    for (const granule of granulesOf(range, order)) {
      const touching = granules.get(granule) ?? [];
      granules.set(granule, [...touching, range]);
    }
  }

  /** Removes a range. */
  delete(range: Range): void {
    const order = orderOf(range);
    const granules = this.#orders.get(order);
    if (!granules) return;
    for (const granule of granulesOf(range, order)) {
      const others = (granules.get(granule) ?? [])
        .filter((other) => other !== range);
      if (others.length > 0) granules.set(granule, others);
      else granules.delete(granule);
    }
  }

  /** The range that contains an address. */
  around(address: number): Range | undefined {
    for (const [order, granules] of this.#orders) {
      this.steps++;
      for (const range of granules.get(Math.floor(address / order)) ?? []) {
        this.steps++;
        const offset = address - range.address;
        if (offset >= 0 && offset < range.length) return range;
      }
    }
    return undefined;
  }
}

/** The ranges of one order that touch a granule, by the granule's number. */
type Granules<Range> = RecyclingMap<Range[]>;

/** The smallest power of two that is not below the length. */
function orderOf({ length }: IndexedRange): number {
  return 2 ** Math.ceil(Math.log2(length));
}

/** The numbers of the granules that a range touches: one or two. */
function granulesOf(
  { address, length }: IndexedRange,
  order: number,
): number[] {
  const first = Math.floor(address / order);
  const last = Math.floor((address + length - 1) / order);
  return first === last ? [first] : [first, last];
}
