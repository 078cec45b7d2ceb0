import type { Address } from "../../ffi/memory.ts";
import { type Block, CELL_BYTES } from "../layout.ts";
import { formatAddress, formatBytes } from "../../errors/messages.ts";
import type { StackTrace } from "../../errors/stack_trace.ts";

/**
 * Why a pointer is not a live block of the heap:
 *
 * - `"never allocated"`: outside of everything this heap ever handed out
 * - `"unaligned"`: not a multiple of 8, or no address at all
 * - `"inside a block"`: in a live block's header or payload, not at its start
 * - `"already freed"`: in memory that is free
 * - `"unmapped"`: the start of a mapping that was given back
 * - `"owned"`: the start of a block that an {@linkcode Allocation} owns
 * - `"of another heap"`: in a block of a different heap
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
 * What an {@linkcode InvalidPointerError} is about. Codes never change; messages may.
 *
 * | code | what was given |
 * |---|---|
 * | `"never-allocated"` | what this heap never handed out |
 * | `"unaligned"` | no multiple of 8, or no address at all |
 * | `"inside-block"` | a place in a live block that is not its payload's start |
 * | `"double-free"` | to `free`: what is free already |
 * | `"use-after-free"` | to another method: what is free already |
 * | `"owned"` | the address of an {@linkcode Allocation} |
 * | `"foreign-pointer"` | a block of another heap |
 * | `"foreign-isolate"` | memory of a heap of another isolate |
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

/** The owner of a block: only the owner frees or resizes the block. */
export interface BlockOwner {
  /** Bytes that were asked for. */
  readonly size: number;
  /** What the user calls it. */
  readonly label: string | undefined;
  /** Where it was allocated, if that was noted. */
  readonly trace: StackTrace | undefined;
  /** What it is, as in `allocation "frame" (64 bytes at 0x7f0000001020)`. */
  describe(): string;
}

/** What is known of an address that is not a live block. */
export interface PointerFacts {
  /** The block of this heap that it lies in, unless nothing was handed out there. */
  readonly block: Block | undefined;
  /** The mapping given back that had this payload address. */
  readonly gone: Block | undefined;
  /** The owner of the block that starts here. */
  readonly owner: BlockOwner | undefined;
  /** The block of another heap that it lies in. */
  readonly foreign: Block | undefined;
  /** Whether it lies in memory of a heap of another isolate. */
  readonly isOfAnotherIsolate: boolean;
}

/**
 * Says why an address is not a live block, and what to do about it.
 *
 * @param action What was to be done with it, as in `"free"`.
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
  const { block, gone, foreign, owner } = facts;
  if (owner) return { reason: "owned", block };
  if (!isAddress(address)) return { reason: "unaligned" };
  if (foreign) return { reason: "of another heap", block: foreign };
  if (gone) return { reason: "unmapped", block: gone };
  if (!block && facts.isOfAnotherIsolate) {
    return { reason: "of another isolate" };
  }
  if (address % CELL_BYTES !== 0) return { reason: "unaligned", block };
  if (!block) return { reason: "never allocated" };
  const isFree = block.status === "free";
  return { reason: isFree ? "already freed" : "inside a block", block };
}

/** Whether C can pass it: as a pointer, of which a number may have lost some bits. */
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
  "owned": "owns it; resize or dispose of that instead",
  "of another isolate":
    "it lies in a heap of another isolate; let that free it, or hand allocations over " +
    "with transfer",
  "of another heap":
    "it lies in a block of another heap; give it only to the heap it came from",
};

/** What is said to a use of freed memory other than to free it again. */
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

/** A sentence on where an address lies, if there is a block. */
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
