import type { Address } from "../ffi/memory.ts";

/**
 * What a block is: a free heap block, an allocated heap block, or a mapping of
 * its own. In memory they are the numbers 0, 1 and 2.
 */
export type BlockStatus = "free" | "allocated" | "mapped";

/**
 * A block of a heap at one moment: its header, directly followed by its payload.
 */
export interface Block {
  /** Address of the header, `payload - 32`. */
  readonly address: Address;
  /** Address of the payload: what `malloc` returned. */
  readonly payload: Address;
  /** Bytes of payload, a multiple of 8. */
  readonly size: number;
  /** Whether the block is free, allocated on the heap, or a mapping. */
  readonly status: BlockStatus;
}
