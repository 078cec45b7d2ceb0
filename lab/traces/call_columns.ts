import type { Call } from "./trace.ts";

const FIRST_CAPACITY = 1024;

/** The columns of a {@linkcode Trace} while it is being read. */
export class CallColumns {
  /** The number of calls so far. */
  length = 0;
  #kinds = new Uint8Array(FIRST_CAPACITY);
  #blocks = new Uint32Array(FIRST_CAPACITY);
  #counts = new Float64Array(FIRST_CAPACITY);
  #sizes = new Float64Array(FIRST_CAPACITY);
  #lines = new Uint32Array(FIRST_CAPACITY);

  /** Adds a call at the end. */
  push(call: Call): void {
    if (this.length === this.#kinds.length) this.#grow();
    this.#kinds[this.length] = call.kind;
    this.#blocks[this.length] = call.block;
    this.#counts[this.length] = call.count;
    this.#sizes[this.length] = call.size;
    this.#lines[this.length] = call.line;
    this.length++;
  }

  /** The columns, just as long as there are calls. */
  finish() {
    return {
      length: this.length,
      kinds: this.#kinds.subarray(0, this.length),
      blocks: this.#blocks.subarray(0, this.length),
      counts: this.#counts.subarray(0, this.length),
      sizes: this.#sizes.subarray(0, this.length),
      lines: this.#lines.subarray(0, this.length),
    };
  }

  #grow(): void {
    this.#kinds = widened(this.#kinds);
    this.#blocks = widened(this.#blocks);
    this.#counts = widened(this.#counts);
    this.#sizes = widened(this.#sizes);
    this.#lines = widened(this.#lines);
  }
}

/**
 * A column with room for twice as many entries.
 *
 * @throws {RangeError} If there is no memory for it.
 */
export function widened<
  Column extends Uint8Array | Uint32Array | Float64Array,
>(from: Column): Column {
  const { constructor: Kind } = from as unknown as {
    constructor: new (length: number) => Column;
  };
  const to = new Kind(2 * from.length);
  to.set(from);
  return to;
}
