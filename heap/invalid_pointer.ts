import { formatAddress } from "../ffi/format.ts";
import type { Address } from "../ffi/memory.ts";
import type { Block } from "./block.ts";
import {
  InvalidPointerError,
  type InvalidPointerReason,
} from "./invalid_pointer_error.ts";
import { CELL_BYTES } from "./layout.ts";

/** What is known of an address that is not a live block. */
export interface PointerFacts {
  /** The block of this heap that it lies in. */
  readonly block: Block | undefined;
  /** Whether it lies above everything that this heap ever handed out. */
  readonly isUntouched: boolean;
  /** Whether it is the payload of a mapping given back. */
  readonly isGone: boolean;
  /** Whether it is a live block of another heap. */
  readonly isForeign: boolean;
}

/**
 * Says why an address is not a live block, and what to do about it.
 *
 * @param call The function that was given it, as in `"free"`.
 */
export function invalidPointer(
  call: string,
  address: Address,
  facts: PointerFacts,
): InvalidPointerError {
  const reason = reasonFor(address, facts);
  const shown = Number.isSafeInteger(address) && address >= 0
    ? formatAddress(address)
    : String(address);
  const message = `Cannot ${call} ${shown}: ${
    explain(reason, address, facts.block)
  }`;
  const block = reason === "never allocated" ? undefined : facts.block;
  return new InvalidPointerError(address, reason, message, block);
}

function reasonFor(
  address: Address,
  facts: PointerFacts,
): InvalidPointerReason {
  if (!Number.isSafeInteger(address) || address < 0) return "unaligned";
  if (facts.isForeign) return "of another heap";
  if (facts.isGone) return "unmapped";
  if (address % CELL_BYTES !== 0) return "unaligned";
  if (facts.block === undefined || facts.isUntouched) return "never allocated";
  return facts.block.status === "free" ? "already freed" : "inside a block";
}

const EXPLANATIONS: Readonly<Record<InvalidPointerReason, string>> = {
  "never allocated":
    "this heap never allocated it; pass an address that malloc, calloc " +
    "or realloc of this heap returned",
  "unaligned": "every address that a heap gives out is a multiple of 8",
  "inside a block": "it is not the start of a payload",
  "already freed":
    "its memory is free already; look for a second free of the same block",
  "unmapped": "it was a mapping that was freed already; look for a second free",
  "of another heap":
    "it is a live block of another heap; pass it to the heap it came from",
};

function explain(
  reason: InvalidPointerReason,
  address: Address,
  block: Block | undefined,
): string {
  const explanation = EXPLANATIONS[reason];
  if (block === undefined || reason === "never allocated") return explanation;
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
