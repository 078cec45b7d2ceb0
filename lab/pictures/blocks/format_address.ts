import { formatAddress } from "@osmem/osmem/internal/plain";
import type { Address } from "@osmem/osmem";
import type { RunBlock } from "../../runs/heap_moment.ts";

/** How addresses are written. */
export type AddressStyle = "absolute" | "relative";

/** Writes an address; 0 is NULL. */
export type AddressFormat = (address: Address) => string;

/** Where a heap is, as far as its blocks tell. */
export interface HeapExtent {
  /** The address of its first header. */
  readonly start: Address;
  /** The address past its last block. */
  readonly end: Address;
}

/** The extent of a heap's blocks; there is none if it has only mappings. */
export function extentOf(blocks: readonly RunBlock[]): HeapExtent | undefined {
  const heap = blocks.filter(({ status }) => status !== "mapped");
  const first = heap[0];
  const last = heap.at(-1);
  return first && last && {
    start: first.address,
    end: last.payload + last.size,
  };
}

/**
 * How to write the addresses of a heap. Relative ones count from its first header,
 * as in `+0x20`; those of mappings lie elsewhere, and are written as they are.
 */
export function addressFormat(
  style: AddressStyle,
  extent: HeapExtent | undefined,
): AddressFormat {
  return (address) => {
    if (address === 0) return "NULL";
    const isRelative = style === "relative" && extent !== undefined &&
      extent.start <= address && address <= extent.end;
    return isRelative
      ? `+0x${(address - extent.start).toString(16)}`
      : formatAddress(address);
  };
}
