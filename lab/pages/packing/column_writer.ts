const FIRST_CAPACITY = 1024;
/** The most that one number takes. */
const MOST_BYTES = 10;

/**
 * Numbers, one after the other, each in as few bytes as it needs: seven bits a
 * byte, the lowest first, the eighth bit set on all but the last.
 *
 * ```text
 *   300 = 0b10_0101100    │1 0101100│0 0000010│
 * ```
 */
export class ColumnWriter {
  #bytes = new Uint8Array(FIRST_CAPACITY);
  #length = 0;

  /** Adds a whole number from 0 to 2⁵³. */
  unsigned(value: number): void {
    this.#reserve(MOST_BYTES);
    let rest = value;
    while (rest > 127) {
      this.#bytes[this.#length++] = rest % 128 + 128;
      rest = Math.floor(rest / 128);
    }
    this.#bytes[this.#length++] = rest;
  }

  /** Adds a whole number; those near 0 are short, whatever their sign. */
  signed(value: number): void {
    this.unsigned(value < 0 ? -2 * value - 1 : 2 * value);
  }

  /** Adds any number: a size that the heap refused may be one that is not whole. */
  number(value: number): void {
    if (Number.isSafeInteger(value) && value >= 0) {
      this.unsigned(value + 1);
      return;
    }
    this.unsigned(0);
    this.bytes(new Uint8Array(new Float64Array([value]).buffer));
  }

  /** Adds bytes as they are. */
  bytes(bytes: Uint8Array): void {
    this.#reserve(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  /** What was added. */
  finish(): Uint8Array<ArrayBuffer> {
    return this.#bytes.slice(0, this.#length);
  }

  #reserve(count: number): void {
    if (this.#length + count <= this.#bytes.length) return;
    const capacity = Math.max(
      2 * this.#bytes.length,
      this.#length + count,
    );
    const wider = new Uint8Array(capacity);
    wider.set(this.#bytes);
    this.#bytes = wider;
  }
}
