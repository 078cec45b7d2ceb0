import { HEADER_BYTES, STATUS } from "@osmem/osmem/internal/plain";
import type { Address } from "@osmem/osmem";
import type { HeapSnapshot } from "../../runs/heap_snapshot.ts";

/** Where a block lies among what a map draws. Both ends are in bytes. */
export interface MarkedBlock {
  /** Whether it is a mapping: then the offsets count the mappings before it. */
  readonly isMapped: boolean;
  /** Offset of its header's first byte. */
  readonly start: number;
  /** Offset past its last byte. */
  readonly end: number;
}

/** Finds the block with its header at this address, if there is one. */
export function findMarked(
  { addresses, sizes, statuses }: HeapSnapshot,
  address: Address,
): MarkedBlock | undefined {
  const index = addresses.indexOf(address);
  if (index < 0) return undefined;
  const isMapped = statuses[index] === STATUS.mapped;
  const start = isMapped
    ? mappedBytesBefore(sizes, statuses, index)
    : address - addresses[0]!;
  const end = start + HEADER_BYTES + sizes[index]!;
  return { isMapped, start, end };
}

function mappedBytesBefore(
  sizes: Float64Array,
  statuses: Uint8Array,
  index: number,
): number {
  let bytes = 0;
  for (let before = statuses.indexOf(STATUS.mapped); before < index; before++) {
    bytes += HEADER_BYTES + sizes[before]!;
  }
  return bytes;
}
