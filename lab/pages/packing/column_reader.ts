/** Reads what a {@linkcode ColumnWriter} wrote, number by number. */
export class ColumnReader {
  readonly #bytes: Uint8Array<ArrayBuffer>;
  #next = 0;

  /** @param bytes What was written. */
  constructor(bytes: Uint8Array<ArrayBuffer>) {
    this.#bytes = bytes;
  }

  /** The next number, if it was added as unsigned. */
  unsigned(): number {
    let byte = this.#bytes[this.#next++]!;
    let value = byte & 127;
    for (let scale = 128; byte > 127; scale *= 128) {
      byte = this.#bytes[this.#next++]!;
      value += (byte & 127) * scale;
    }
    return value;
  }

  /** The next number, if it was added as signed. */
  signed(): number {
    const value = this.unsigned();
    return value % 2 === 1 ? -(value + 1) / 2 : value / 2;
  }

  /** The next number, if it was added as any number. */
  number(): number {
    const value = this.unsigned();
    return value > 0 ? value - 1 : new Float64Array(this.bytes(8).buffer)[0]!;
  }

  /** So many bytes, in an array of their own. */
  bytes(count: number): Uint8Array<ArrayBuffer> {
    const bytes = this.#bytes.slice(this.#next, this.#next + count);
    this.#next += count;
    return bytes;
  }
}
