import type { JsonReader, NumbersRange } from "../json_reader.ts";

/**
 * Addresses as a run's JSON has them: bytes from the heap's start, below it for
 * some mappings. Whatever is read lies from address 0 to the largest safe integer.
 */
export class AddressOrigin {
  /** The address of the heap's first header. */
  readonly start: number;

  /** @param start The address of the heap's first header. */
  constructor(start: number) {
    this.start = start;
  }

  /** The range of what counts from the start. */
  get range(): Required<Omit<NumbersRange, "length">> {
    return {
      least: 0 - this.start,
      most: Number.MAX_SAFE_INTEGER - this.start,
    };
  }

  /** One address. */
  read(offset: JsonReader): number {
    const { least, most } = this.range;
    return this.start + offset.whole(least, most);
  }

  /** A column of addresses; `null` is NULL. */
  readColumn(offsets: JsonReader, length: number): Float64Array {
    const none = -this.start; // what makes address 0
    return this.absolute(
      offsets.numbersOr(none, { ...this.range, length }),
    );
  }

  /** Addresses by their distances from the start. */
  absolute(offsets: readonly number[]): Float64Array {
    return new Float64Array(offsets).map((offset) => this.start + offset);
  }
}
