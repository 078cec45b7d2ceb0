import { formatAddress } from "../ffi/format.ts";
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
  const shown = isPointer(address) ? formatAddress(address) : String(address);
  const why = facts.holder
    ? `${facts.holder.describe()} ${EXPLANATIONS.held}`
    : explain(reason, address, block);
  const message = `Cannot ${action} ${shown}: ${why}`;
  return new InvalidPointerError(address, reason, message, block);
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

function explain(
  reason: InvalidPointerReason,
  address: Address,
  block: Block | undefined,
): string {
  const explanation = EXPLANATIONS[reason];
  if (block === undefined) return explanation;
  return `${explanation}. It lies ${place(address, block)}`;
}

function place(address: Address, block: Block): string {
  const offset = address - block.payload;
  const where = offset < 0
    ? `in the header, ${-offset} bytes before the payload,`
    : offset === 0
    ? "at the payload"
    : `${offset} bytes into the payload`;
  return `${where} of the ${block.status} block whose payload is ` +
    `${formatAddress(block.payload)} (${block.size} bytes)`;
}
