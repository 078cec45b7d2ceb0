import type { Address } from "./memory.ts";

/** Writes an address the way C's `%p` does: `0x7f0012345678`. */
export function formatAddress(address: Address): string {
  return `0x${address.toString(16)}`;
}
