import { HEADER_BYTES, STATUS } from "@osmem/osmem/internal/plain";
import type { HeapMoment } from "../../../runs/heap_moment.ts";
import { lastAtMost } from "../../timeline/address_scale.ts";

/** How many of a moment's blocks lie on the heap; mappings come after them. */
export function heapBlockCount({ snapshot }: HeapMoment): number {
  const { statuses, length } = snapshot;
  let mapped = 0;
  while (mapped < length && statuses[length - 1 - mapped] === STATUS.mapped) {
    mapped++;
  }
  return length - mapped;
}

/** The place of the block that has this address among a moment's blocks, or -1. */
export function blockIndexAt(moment: HeapMoment, address: number): number {
  const { addresses } = moment.snapshot;
  const heapCount = heapBlockCount(moment);
  const index = lastAtMost(heapCount, address, (at) => addresses[at]!);
  if (isInside(moment, index, address)) return index;
  for (let at = heapCount; at < addresses.length; at++) {
    if (isInside(moment, at, address)) return at;
  }
  return -1;
}

function isInside(
  { snapshot }: HeapMoment,
  index: number,
  address: number,
): boolean {
  const start = snapshot.addresses[index];
  if (start === undefined) return false;
  return address >= start &&
    address < start + HEADER_BYTES + snapshot.sizes[index]!;
}
