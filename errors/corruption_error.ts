import { formatAddress } from "./messages.ts";
import type { Address } from "../ffi/memory.ts";

/**
 * What a {@linkcode CorruptionError} is about. Codes never change; messages may.
 *
 * | code | what was found |
 * |---|---|
 * | `"corrupted-heap"` | an invariant of the heap does not hold: a header was overwritten, or the break lowered |
 * | `"overrun"` | in a debug heap: something was written behind the end of a block |
 * | `"write-after-free"` | in a debug heap: something was written into a block that was freed |
 */
export type CorruptionCode = "corrupted-heap" | "overrun" | "write-after-free";

/** The block in which a {@linkcode CorruptionError} was found. */
export interface DamagedBlock {
  /** Its payload. */
  readonly address: Address;
  /** Bytes that were asked for. */
  readonly size: number;
  /** What its user calls it. */
  readonly label: string | undefined;
}

/** What is known of damage besides where it is. */
export interface DamageFacts {
  /** What it is about. */
  readonly code: CorruptionCode;
  /** The block. */
  readonly block: DamagedBlock;
  /** Bytes from the payload's start to the first byte that is wrong. */
  readonly offset: number;
}

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
 *
 * @example Let a debug heap tell which block was overrun, and where it was allocated
 * ```ts
 * import { CorruptionError, Heap } from "@osmem/osmem";
 * import { assertEquals, assertThrows } from "@std/assert";
 *
 * using heap = new Heap({ debug: true });
 * const address = heap.malloc(10);
 * const stray = new Uint8Array(heap.bytes(address).buffer, heap.bytes(address).byteOffset);
 * stray[10] = 0; // as C's strcpy() does with ten characters
 * const error = assertThrows(() => heap.free(address), CorruptionError);
 * assertEquals([error.code, error.offset, error.block?.size], ["overrun", 10, 10]);
 * ```
 */
export class CorruptionError extends Error {
  /** `"CorruptionError"`. */
  override readonly name = "CorruptionError";
  /** What it is about, for programs that read no messages. */
  readonly code: CorruptionCode;
  /** The invariant that is broken, as in `"header size"`, or the code. */
  readonly invariant: string;
  /**
   * Where it is broken: the address of a block's header, or of the break; of the first
   * byte that is wrong, where a debug heap found that.
   */
  readonly address: Address;
  /** The block that was damaged, where a debug heap found that. */
  readonly block: DamagedBlock | undefined;
  /** Bytes from that block's payload to the first byte that is wrong. */
  readonly offset: number | undefined;

  /**
   * Makes the error.
   *
   * @param invariant The invariant that is broken.
   * @param address Where: the address of a block's header, of the break, or of the
   * first byte that is wrong.
   * @param detail What was found and what was expected.
   * @param facts What is known besides.
   */
  constructor(
    invariant: string,
    address: Address,
    detail: string,
    facts?: DamageFacts,
  ) {
    super(
      `Heap corrupted at ${formatAddress(address)}: ${invariant}: ${detail}`,
    );
    this.code = facts?.code ?? "corrupted-heap";
    this.invariant = invariant;
    this.address = address;
    this.block = facts && damaged(facts.block);
    this.offset = facts?.offset;
  }
}

function damaged({ address, size, label }: DamagedBlock): DamagedBlock {
  return { address, size, label };
}
