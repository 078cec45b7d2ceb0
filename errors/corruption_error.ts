import { formatAddress } from "./messages.ts";

/**
 * What a {@linkcode CorruptionError} is about. Codes never change; messages may.
 *
 * | code | what was found |
 * |---|---|
 * | `"corrupted-heap"` | an invariant of the heap does not hold: a header was overwritten, or the break lowered |
 * | `"overrun"` | in a debug heap: bytes past the end of a block were written |
 * | `"write-after-free"` | in a debug heap: bytes of a freed block were written |
 */
export type CorruptionCode = "corrupted-heap" | "overrun" | "write-after-free";

/** The block in which a {@linkcode CorruptionError} was found. */
export interface DamagedBlock {
  /** The address of its payload. */
  readonly address: number;
  /** Bytes that were asked for. */
  readonly size: number;
  /** The name that the program gave it. */
  readonly label: string | undefined;
}

/** What a debug heap knows of damage besides its address. */
export interface DamageFacts {
  /** What was found. */
  readonly code: CorruptionCode;
  /** The damaged block. */
  readonly block: DamagedBlock;
  /** Bytes from the payload's start to the first wrong byte. */
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
 * @example Let a debug heap say which block was overrun, and by which byte
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
  /** What was found, for programs that read no messages. */
  readonly code: CorruptionCode;
  /** The invariant that is broken, as in `"header size"`, or the code. */
  readonly invariant: string;
  /**
   * Where it is broken: the address of a block's header, or of the break. In a debug
   * heap it can be the address of the first wrong byte.
   */
  readonly address: number;
  /** The damaged block, if a debug heap found it. */
  readonly block: DamagedBlock | undefined;
  /** Bytes from that block's payload to the first wrong byte. */
  readonly offset: number | undefined;

  /**
   * Makes the error.
   *
   * @param invariant The invariant that is broken.
   * @param address The address of a block's header, of the break, or of the first
   * wrong byte.
   * @param detail What was found and what was expected.
   * @param facts What a debug heap knows of the damage.
   */
  constructor(
    invariant: string,
    address: number,
    detail: string,
    facts?: DamageFacts,
  ) {
    super(
      `Heap corrupted at ${formatAddress(address)}: ${invariant}: ${detail}`,
    );
    this.code = facts?.code ?? "corrupted-heap";
    this.invariant = invariant;
    this.address = address;
    this.block = facts && copyOf(facts.block);
    this.offset = facts?.offset;
  }
}

/** Only the facts: the block given may be an object of the heap. */
function copyOf({ address, size, label }: DamagedBlock): DamagedBlock {
  return { address, size, label };
}
