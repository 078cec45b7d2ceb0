import type { Address, Memory } from "../../mod.ts";

/** Bytes of a header. */
export const HEADER_SIZE = 32;

/**
 * A header as a C program sees it, read without any help of the allocator:
 *
 * ```text
 *   0        8        12       16       24       32
 *   │ size   │ status │ padding│ prev   │ next   │ payload …
 *   │ size_t │ int    │        │ void * │ void * │
 * ```
 */
export interface CHeader {
  readonly size: number;
  readonly status: number;
  readonly padding: number;
  readonly prev: Address;
  readonly next: Address;
}

/** Reads the header at `address`. */
export function readHeader(memory: Memory, address: Address): CHeader {
  const view = headerView(memory, address);
  return {
    size: Number(view.getBigUint64(0, true)),
    status: view.getUint32(8, true),
    padding: view.getUint32(12, true),
    prev: Number(view.getBigUint64(16, true)),
    next: Number(view.getBigUint64(24, true)),
  };
}

/** The 32 bytes of the header at `address`, to read and to overwrite. */
export function headerView(memory: Memory, address: Address): DataView {
  return new DataView(memory.buffer(address, HEADER_SIZE));
}
