import type { AllocationMessage, Heap } from "../../mod.ts";

/** Sends an allocation that is filled with 7, and posts the message. */
export function send(
  heap: Heap,
  size = 64,
  label = "frame",
): AllocationMessage {
  const allocation = heap.allocate(size, { label });
  allocation.bytes.fill(7);
  return structuredClone(heap.transfer(allocation));
}
