import { HEADER_BYTES } from "@osmem/osmem/internal/plain";
import type { Address } from "@osmem/osmem";

/**
 * Where the blocks of a heap lie, kept up to date change by change, to find those
 * that a change does away with.
 *
 * ```text
 *   before    │ a      │ b   │ c       │
 *   changed   │ a         │ e          │     b and c are gone: the walk over the
 *             └────────────▶ next            old blocks goes on from a to e
 * ```
 *
 * Each block is walked over once after it came to be, so all walks together take
 * as many steps as there are changes.
 */
export class BlockExtents {
  readonly #sizes = new Map<Address, number>();
  /** Where the first old block starts that the last walk did not pass. */
  #next: Address = 0;

  /**
   * From now on a block lies here.
   *
   * @param address Its header's address.
   * @param size Its bytes of payload.
   * @param onGone Receives the address of the header of each block that lay inside.
   */
  put(
    address: Address,
    size: number,
    onGone: (address: Address) => void,
  ): void {
    const end = address + HEADER_BYTES + size;
    let at = this.#sizes.has(address) ? address : Math.max(this.#next, address);
    while (at < end) {
      const old = this.#sizes.get(at);
      if (old === undefined) break;
      if (at !== address) {
        this.#sizes.delete(at);
        onGone(at);
      }
      at += HEADER_BYTES + old;
    }
    this.#next = at;
    this.#sizes.set(address, size);
  }
}
