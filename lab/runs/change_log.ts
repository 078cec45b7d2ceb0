import { STATUS } from "@osmem/osmem/internal/plain";
import { Column } from "./column.ts";
import type { Changes } from "./run_data.ts";

/** The {@linkcode Changes} of a run while it is being recorded. */
export class ChangeLog {
  readonly #ends = new Column(Uint32Array);
  readonly #addresses = new Column(Float64Array);
  readonly #sizes = new Column(Float64Array);
  readonly #statuses = new Column(Uint8Array);
  /** The mapping that the call under way made; NaN if it made none. */
  #mapped = NaN;

  /** A block is so from now on. */
  add(address: number, size: number, status: number): void {
    if (status === STATUS.mapped) this.#mapped = address;
    this.#addresses.push(address);
    this.#sizes.push(size);
    this.#statuses.push(status);
  }

  /** Whether the call under way made the mapping at this address. */
  hasMapped(address: number): boolean {
    return this.#mapped === address;
  }

  /** What was added since the last call belongs to this one. */
  endCall(): void {
    this.#mapped = NaN;
    this.#ends.push(this.#addresses.length);
  }

  /** The columns, up to the end of the last call. */
  finish(): Changes {
    const ends = this.#ends.finish();
    const count = ends.at(-1) ?? 0;
    return {
      ends,
      addresses: this.#addresses.finish(count),
      sizes: this.#sizes.finish(count),
      statuses: this.#statuses.finish(count),
    };
  }
}
