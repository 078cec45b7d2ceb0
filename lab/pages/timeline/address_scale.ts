import type { Address } from "@osmem/osmem";

/** A range of addresses. */
export interface AddressRange {
  /** The first address. */
  readonly start: Address;
  /** The address past the last one. */
  readonly end: Address;
}

/**
 * Lays ranges of addresses end to end, so that what others hold between them
 * takes no room:
 *
 * ```text
 *   addresses   │ range │   memory of others   │ range │
 *   offsets     │ range │ range │
 * ```
 */
export class AddressScale {
  /** The ranges in address order, touching ones as one. */
  readonly ranges: readonly AddressRange[];
  /** Bytes of all ranges. */
  readonly length: number;
  /** Where each range begins. */
  readonly offsets: readonly number[];

  /** @param ranges The ranges, in any order; they may overlap. */
  constructor(ranges: readonly AddressRange[]) {
    this.ranges = joined(ranges);
    const offsets: number[] = [];
    let length = 0;
    for (const { start, end } of this.ranges) {
      offsets.push(length);
      length += end - start;
    }
    this.offsets = offsets;
    this.length = length;
  }

  /** How many bytes of the ranges lie below an address. */
  offsetOf(address: Address): number {
    if (this.ranges.length === 1) { // as mostly: that needs no search
      const above = address - this.ranges[0]!.start;
      return Math.min(Math.max(above, 0), this.length);
    }
    const index = lastAtMost(
      this.ranges.length,
      address,
      (at) => this.ranges[at]!.start,
    );
    const range = this.ranges[index];
    if (!range) return 0;
    return this.offsets[index]! + Math.min(address, range.end) - range.start;
  }

  /** The address of an offset; `undefined` beyond the ranges. */
  addressAt(offset: number): Address | undefined {
    if (offset < 0 || offset >= this.length) return undefined;
    const index = lastAtMost(
      this.offsets.length,
      offset,
      (at) => this.offsets[at]!,
    );
    return this.ranges[index]!.start + offset - this.offsets[index]!;
  }
}

/** The last of this many rising values that is not above `most`; -1 if all are. */
export function lastAtMost(
  length: number,
  most: number,
  valueAt: (index: number) => number,
): number {
  let low = 0, high = length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (valueAt(middle) <= most) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

function joined(ranges: readonly AddressRange[]): AddressRange[] {
  const result: AddressRange[] = [];
  for (const range of ranges.toSorted((a, b) => a.start - b.start)) {
    const last = result.at(-1);
    if (!last || range.start > last.end) result.push(range);
    else {
      const end = Math.max(last.end, range.end);
      result[result.length - 1] = { start: last.start, end };
    }
  }
  return result;
}
