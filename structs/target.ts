import { requireWhole } from "../ffi/require_whole.ts";
import type { StructTarget } from "./field_types.ts";
import { memoryGone, noRoom, notMemory } from "./refusals.ts";

/**
 * A view of memory that holds a structure.
 *
 * @param call What is to be done with it, as in `"read"`.
 * @param target The memory.
 * @param offset Bytes from its start to the structure's.
 * @param size Bytes of the structure.
 * @returns A view from the start of the memory.
 * @throws {UsageError} If it is no memory, or is gone.
 * @throws {ArgumentError} If the structure is not in it whole.
 */
export function viewOf(
  call: string,
  target: StructTarget,
  offset: number,
  size: number,
): DataView {
  const view = target instanceof DataView ? target : viewIn(call, target);
  const available = lengthOf(call, view);
  const isWithin = offset >= 0 && offset + size <= available;
  if (isWithin && Number.isInteger(offset)) return view;
  requireWhole(`${call} a structure`, "offset", offset);
  throw noRoom(call, size, offset, available);
}

function viewIn(
  call: string,
  target: Exclude<StructTarget, DataView>,
): DataView {
  if (target instanceof Uint8Array) return viewOfBytes(call, target);
  const view: unknown = Object(target).view;
  if (view instanceof DataView) return view;
  throw notMemory(call, target);
}

function viewOfBytes(call: string, bytes: Uint8Array): DataView {
  const { buffer, byteOffset, byteLength } = bytes;
  try {
    return new DataView(buffer, byteOffset, byteLength);
  } catch (cause) {
    throw memoryGone(call, cause);
  }
}

/** The length of a view, for which a view of memory that is gone throws. */
function lengthOf(call: string, view: DataView): number {
  try {
    return view.byteLength;
  } catch (cause) {
    throw memoryGone(call, cause);
  }
}
