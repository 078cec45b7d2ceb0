import type { Address } from "./memory.ts";

/**
 * Writes an address the way C's `%p` does: `0x7f0012345678`. A pointer above
 * `PTRDIFF_MAX`, which comes from C as a negative number, is written as C has it.
 */
export function formatAddress(address: Address): string {
  const hexadecimal = address < 0
    ? BigInt.asUintN(64, BigInt(address))
    : address;
  return `0x${hexadecimal.toString(16)}`;
}

/** Writes a number of bytes: `1 byte`, `64 bytes`. */
export function formatBytes(count: number): string {
  return `${count} ${count === 1 ? "byte" : "bytes"}`;
}
