import { formatAddress } from "./messages.ts";

/**
 * What a {@linkcode CorruptionError} is about. Codes never change; messages may.
 *
 * | code | what was found |
 * |---|---|
 * | `"corrupted-heap"` | an invariant of the heap does not hold: a header was overwritten, or the break lowered |
 * | `"overrun"` | in a debug heap: bytes past the end of a block were written |
 * | `"write-after-free"` | in a debug heap: bytes of a freed block were written |
 * | `"interrupted"` | an exception, such as that of a stack overflow, ended an earlier call in the midst of a change |
 */
export type CorruptionCode =
  | "corrupted-heap"
  | "overrun"
  | "write-after-free"
  | "interrupted";

/** The block in which a {@linkcode CorruptionError} was found. */
export interface DamagedBlock {
  /** The address of its payload. */
  readonly address: number;
  /** Bytes that were asked for. */
  readonly size: number;
  /** The name that the program gave it. */
  readonly label: string | undefined;
}

/** What is known of damage besides its address. */
export interface DamageFacts {
  /** What was found. */
  readonly code: CorruptionCode;
  /** The damaged block, if a debug heap found it. */
  readonly block?: DamagedBlock;
  /** Bytes from that block's payload to the first wrong byte. */
  readonly offset?: number;
}

/**
 * Thrown when an invariant of a heap does not hold: memory that belongs to the
 * heap was overwritten, the program break was lowered below it, or a call ended in the
 * midst of a change.
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
   * @param facts What else is known of the damage.
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
    this.block = facts?.block && copyOf(facts.block);
    this.offset = facts?.offset;
  }
}

/**
 * Makes the error of a heap that an earlier call left half changed.
 *
 * @param address The address of the heap's first header; 0 if it has none.
 */
export function interruptedError(address: number): CorruptionError {
  return new CorruptionError(
    "interrupted",
    address,
    "an exception ended an earlier call in the midst of a change, such as the " +
      "RangeError of a stack overflow, so the records of the blocks cannot be " +
      "trusted; dispose of this heap, and make a new one",
    { code: "interrupted" },
  );
}

/** Only the facts: the block given may be an object of the heap. */
function copyOf({ address, size, label }: DamagedBlock): DamagedBlock {
  return { address, size, label };
}
