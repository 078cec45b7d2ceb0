import { formatAddress, formatBytes } from "../../errors/messages.ts";
import type { StackTrace } from "../../errors/stack_trace.ts";
import type { Address } from "../../ffi/memory.ts";
import { type Block, CELL_BYTES } from "../layout.ts";

/**
 * Why an address is not a live block of the heap:
 *
 * - `"never allocated"`: outside of all memory that this heap ever handed out
 * - `"unaligned"`: not a multiple of 8, or not an address at all
 * - `"inside a block"`: in a live block's header or payload, not at the payload's start
 * - `"already freed"`: in free memory
 * - `"unmapped"`: the payload's start of a mapped block that was freed
 * - `"owned"`: the payload's start of a block that an {@linkcode Allocation} owns
 * - `"of another heap"`: in a block of another heap
 * - `"of another isolate"`: in memory of a heap of another isolate, such as a Worker
 */
export type InvalidPointerReason =
  | "never allocated"
  | "unaligned"
  | "inside a block"
  | "already freed"
  | "unmapped"
  | "owned"
  | "of another heap"
  | "of another isolate";

/**
 * The code of an {@linkcode InvalidPointerError}. Codes never change; messages may.
 *
 * | code | given address |
 * |---|---|
 * | `"never-allocated"` | outside of all memory that this heap ever handed out |
 * | `"unaligned"` | not a multiple of 8, or not an address at all |
 * | `"inside-block"` | in a live block, not at its payload's start |
 * | `"double-free"` | in free memory, passed to `free` |
 * | `"use-after-free"` | in free memory, passed to another method |
 * | `"owned"` | of an {@linkcode Allocation} |
 * | `"foreign-pointer"` | in a block of another heap |
 * | `"foreign-isolate"` | in memory of a heap of another isolate |
 */
export type InvalidPointerCode =
  | "never-allocated"
  | "unaligned"
  | "inside-block"
  | "double-free"
  | "use-after-free"
  | "owned"
  | "foreign-pointer"
  | "foreign-isolate";

const CODES: Readonly<Record<InvalidPointerReason, InvalidPointerCode>> = {
  "never allocated": "never-allocated",
  "unaligned": "unaligned",
  "inside a block": "inside-block",
  "already freed": "double-free",
  "unmapped": "double-free",
  "owned": "owned",
  "of another heap": "foreign-pointer",
  "of another isolate": "foreign-isolate",
};

/**
 * Thrown when a heap gets an address that is not that of one of its live blocks.
 * Nothing was changed.
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
  /** What was wrong, for programs. */
  readonly code: InvalidPointerCode;
  /** The given address. */
  readonly address: Address;
  /** Why the address is not a live block. */
  readonly reason: InvalidPointerReason;
  /** The block that the address lies in, if there is one. */
  readonly block: Block | undefined;

  /**
   * Makes the error.
   *
   * @param address The given address.
   * @param reason Why the address is not a live block.
   * @param message What was wrong and what to do.
   * @param block The block that the address lies in, if there is one.
   * @param code The code; by default the reason decides.
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

/** The owner of a block: only the owner frees or resizes the block. */
export interface BlockOwner {
  /** The requested size in bytes. */
  readonly size: number;
  /** The user's name for the block. */
  readonly label: string | undefined;
  /** Where the block was allocated, if that was recorded. */
  readonly trace: StackTrace | undefined;
  /** Names the block: `allocation "frame" (64 bytes at 0x7f0000001020)`. */
  describe(): string;
}

/** What is known of an address that is not a live block. */
interface PointerFacts {
  /** The block of this heap around the address, if that memory was ever handed out. */
  readonly block: Block | undefined;
  /** The mapped block with this payload address that was freed. */
  readonly unmapped: Block | undefined;
  /** The owner of the block with this payload address. */
  readonly owner: BlockOwner | undefined;
  /** The block of another heap around the address. */
  readonly foreign: Block | undefined;
  /** Whether the address lies in memory of a heap of another isolate. */
  readonly isOfAnotherIsolate: boolean;
}

/**
 * Makes the error that says why an address is not a live block, and what to do about it.
 *
 * @param action The verb of the refused action, such as `"free"`.
 */
export function invalidPointer(
  action: string,
  address: Address,
  facts: PointerFacts,
): InvalidPointerError {
  const { reason, block } = judge(address, facts);
  const isUse = action !== "free" &&
    (reason === "already freed" || reason === "unmapped");
  const shown = isPointer(address) ? formatAddress(address) : String(address);
  const why = facts.owner
    ? `${facts.owner.describe()} ${EXPLANATIONS.owned}`
    : (isUse ? USED : EXPLANATIONS)[reason] + place(reason, address, block);
  const message = `Cannot ${action} ${shown}: ${why}`;
  const code = isUse ? "use-after-free" : undefined;
  return new InvalidPointerError(address, reason, message, block, code);
}

interface Judgement {
  readonly reason: InvalidPointerReason;
  readonly block?: Block | undefined;
}

function judge(address: Address, facts: PointerFacts): Judgement {
  const { block, unmapped, foreign, owner } = facts;
  if (owner) return { reason: "owned", block };
  if (!isAddress(address)) return { reason: "unaligned" };
  if (foreign) return { reason: "of another heap", block: foreign };
  if (unmapped) return { reason: "unmapped", block: unmapped };
  if (!block && facts.isOfAnotherIsolate) {
    return { reason: "of another isolate" };
  }
  if (address % CELL_BYTES !== 0) return { reason: "unaligned", block };
  if (!block) return { reason: "never allocated" };
  const isFree = block.status === "free";
  return { reason: isFree ? "already freed" : "inside a block", block };
}

/** Whether C can pass a value as a pointer. A number may have lost the lowest bits. */
function isPointer(value: number): boolean {
  return Number.isInteger(value) && value >= -(2 ** 63) && value < 2 ** 64;
}

function isAddress(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}

const EXPLANATIONS: Readonly<Record<InvalidPointerReason, string>> = {
  "never allocated":
    "this heap never allocated it; pass an address that malloc, calloc " +
    "or realloc of this heap returned",
  "unaligned":
    "every address that a heap gives out is a positive multiple of 8",
  "inside a block": "it is not the start of a payload",
  "already freed":
    "its memory is free already; look for a second free of the same block",
  "unmapped": "it was a mapping that was freed already; look for a second free",
  "owned": "owns it; resize or dispose of the allocation instead",
  "of another isolate":
    "it lies in a heap of another isolate; free it there, or hand allocations over " +
    "with transfer",
  "of another heap":
    "it lies in a block of another heap; give it only to the heap it came from",
};

/** Explanations for methods other than `free`. */
const USED: Readonly<Record<InvalidPointerReason, string>> = {
  ...EXPLANATIONS,
  "already freed": "it was freed already; do not use it afterwards",
  "unmapped":
    "it was a mapping that was freed already; do not use it afterwards",
};

const KINDS: Readonly<Record<Block["status"], string>> = {
  "allocated": "an allocated block",
  "free": "a free block",
  "mapped": "a mapped block",
};

/** Says where an address lies, if it lies in a block. */
function place(
  reason: InvalidPointerReason,
  address: Address,
  block: Block | undefined,
): string {
  if (block === undefined) return "";
  const { payload, size, status } = block;
  const offset = address - payload;
  if (offset === 0) {
    const verb = reason === "unmapped" ? "was" : "is";
    return `. It ${verb} ${KINDS[status]} of ${formatBytes(size)}`;
  }
  const where = offset < 0
    ? `in the header, ${formatBytes(-offset)} before the payload,`
    : `${formatBytes(offset)} into the payload`;
  return `. It lies ${where} of the ${status} block whose payload is ` +
    `${formatAddress(payload)} (${formatBytes(size)})`;
}
