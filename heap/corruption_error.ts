import { formatAddress } from "../ffi/format.ts";
import type { Address } from "../ffi/memory.ts";

/**
 * Thrown when an invariant of a heap does not hold: memory that belongs to the
 * heap was overwritten, or the program break was lowered below it.
 *
 * @example Find an overrun of the payload into the next header
 * ```ts
 * import { CorruptionError, Heap } from "@osmem/osmem";
 * import { assertThrows } from "@std/assert";
 *
 * using heap = new Heap();
 * const address = heap.malloc(8);
 * const stray = new Uint8Array(heap.bytes(address).buffer);
 * stray[40] = 0xff; // first byte of the next header: header 32, payload 8
 * assertThrows(() => heap.check(), CorruptionError, "size");
 * ```
 */
export class CorruptionError extends Error {
  /** `"CorruptionError"`. */
  override readonly name = "CorruptionError";
  /** The invariant that is broken, as in `"header size"`. */
  readonly invariant: string;
  /** Where it is broken: the address of a block's header, or of the break. */
  readonly address: Address;

  /**
   * Makes the error.
   *
   * @param invariant The invariant that is broken.
   * @param address Where: the address of a block's header, or of the break.
   * @param detail What was found and what was expected.
   */
  constructor(invariant: string, address: Address, detail: string) {
    super(
      `Heap corrupted at ${formatAddress(address)}: ${invariant}: ${detail}`,
    );
    this.invariant = invariant;
    this.address = address;
  }
}
