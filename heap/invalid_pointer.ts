import { formatAddress, formatBytes } from "../ffi/format.ts";
import type { Address } from "../ffi/memory.ts";
import type { Block } from "./block.ts";
import type { StackTrace } from "./holding/stack_trace.ts";
import {
  InvalidPointerError,
  type InvalidPointerReason,
} from "./invalid_pointer_error.ts";
import { CELL_BYTES } from "./layout.ts";

/** Who holds a block: only it frees or resizes that. */
export interface BlockHolder {
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
  /** Who holds the block that starts here. */
  readonly holder: BlockHolder | undefined;
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
  const why = facts.holder
    ? `${facts.holder.describe()} ${EXPLANATIONS.held}`
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
  const { block, gone, foreign, holder } = facts;
  if (holder) return { reason: "held", block };
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
  "held": "holds it; resize or dispose of that instead",
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
