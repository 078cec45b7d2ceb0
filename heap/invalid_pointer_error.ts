import type { Address } from "../ffi/memory.ts";
import type { Block } from "./block.ts";

/**
 * Why a pointer is not a live block of the heap:
 *
 * - `"never allocated"`: outside of everything this heap ever handed out
 * - `"unaligned"`: not a multiple of 8, or no address at all
 * - `"inside a block"`: in a live block's header or payload, not at its start
 * - `"already freed"`: in memory that is free
 * - `"unmapped"`: the start of a mapping that was given back
 * - `"held"`: the start of a block that an {@linkcode Allocation} holds
 * - `"of another heap"`: in a block of a different heap
 * - `"of another isolate"`: in memory of a heap of another isolate, such as a Worker
 */
export type InvalidPointerReason =
  | "never allocated"
  | "unaligned"
  | "inside a block"
  | "already freed"
  | "unmapped"
  | "held"
  | "of another heap"
  | "of another isolate";

/**
 * What an {@linkcode InvalidPointerError} is about. Codes never change; messages may.
 *
 * | code | what was given |
 * |---|---|
 * | `"never-allocated"` | what this heap never handed out |
 * | `"unaligned"` | no multiple of 8, or no address at all |
 * | `"inside-block"` | a place in a live block that is not its payload's start |
 * | `"double-free"` | to `free`: what is free already |
 * | `"use-after-free"` | to another method: what is free already |
 * | `"held"` | the address of an {@linkcode Allocation} |
 * | `"foreign-pointer"` | a block of another heap |
 * | `"foreign-isolate"` | memory of a heap of another isolate |
 */
export type InvalidPointerCode =
  | "never-allocated"
  | "unaligned"
  | "inside-block"
  | "double-free"
  | "use-after-free"
  | "held"
  | "foreign-pointer"
  | "foreign-isolate";

const CODES: Readonly<Record<InvalidPointerReason, InvalidPointerCode>> = {
  "never allocated": "never-allocated",
  "unaligned": "unaligned",
  "inside a block": "inside-block",
  "already freed": "double-free",
  "unmapped": "double-free",
  "held": "held",
  "of another heap": "foreign-pointer",
  "of another isolate": "foreign-isolate",
};

/**
 * Thrown when an address that is not a live block is given to a heap. Nothing
 * was changed.
 *
 * @example Free a block twice
 * ```ts
 * import { Heap, InvalidPointerError } from "@osmem/osmem";
 * import { assertEquals, assertThrows } from "@std/assert";
 *
 * using heap = new Heap();
 * const address = heap.malloc(100);
 * heap.free(address);
 * const error = assertThrows(() => heap.free(address), InvalidPointerError);
 * assertEquals(error.reason, "already freed");
 * ```
 */
export class InvalidPointerError extends Error {
  /** `"InvalidPointerError"`. */
  override readonly name = "InvalidPointerError";
  /** Why it is not a live block, for programs that read no messages. */
  readonly code: InvalidPointerCode;
  /** The address that was given. */
  readonly address: Address;
  /** Why it is not a live block. */
  readonly reason: InvalidPointerReason;
  /** The block that it points into, where there is one. */
  readonly block: Block | undefined;

  /**
   * Makes the error.
   *
   * @param address The address that was given.
   * @param reason Why it is not a live block.
   * @param message What was wrong and what to do.
   * @param block The block that it points into, where there is one.
   * @param code What it is about, if that is not what the reason says.
   */
  constructor(
    address: Address,
    reason: InvalidPointerReason,
    message: string,
    block?: Block,
    code: InvalidPointerCode = CODES[reason],
  ) {
    super(message);
    this.address = address;
    this.reason = reason;
    this.code = code;
    this.block = block;
  }
}
