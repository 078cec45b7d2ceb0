import type { Address } from "../ffi/memory.ts";
import { RecyclingMap } from "./recycling_map.ts";

/** Consecutive addresses. */
export interface AddressRange {
  /** The first. */
  readonly address: Address;
  /** How many. */
  readonly length: number;
}

/** The ranges of one order that touch a granule, by the granule's number. */
type Granules<Range> = RecyclingMap<Range[]>;

/**
 * Ranges of addresses that do not overlap, found by any address within.
 *
 * The order of a range is the power of two that it fits in. Memory is divided into
 * granules of that many bytes: a range touches one or two of them, and at most three
 * ranges of that order touch the same.
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
 * | `around` | up to three for each order that there are ranges of: at most 53 |
 */
export class MappingIndex<Range extends AddressRange> {
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

  /** Takes a range out. */
  delete(range: Range): void {
    const order = orderOf(range);
    const granules = this.#orders.get(order);
    if (!granules) return;
    for (const granule of granulesOf(range, order)) {
      const others = (granules.get(granule) ?? []).filter((one) =>
        one !== range
      );
      if (others.length > 0) granules.set(granule, others);
      else granules.delete(granule);
    }
  }

  /** The range that an address lies in. */
  around(address: Address): Range | undefined {
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

/** The smallest power of two that is not below the length. */
function orderOf({ length }: AddressRange): number {
  return 2 ** Math.ceil(Math.log2(length));
}

/** The numbers of the granules that a range touches: one or two. */
function granulesOf(
  { address, length }: AddressRange,
  order: number,
): number[] {
  const first = Math.floor(address / order);
  const last = Math.floor((address + length - 1) / order);
  return first === last ? [first] : [first, last];
}
