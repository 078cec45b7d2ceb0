import type { Allocation } from "../../mod.ts";
import type { Allocator } from "../allocator.ts";
import { open as openAllocations } from "./osmem_allocations.ts";

/** Allocations of a heap that notes no stacks, each with a view that is written to. */
export function open(): Allocator<Allocation> {
  const allocator = openAllocations({ stacks: false });
  return {
    ...allocator,
    malloc(size) {
      const allocation = allocator.malloc(size);
      allocation.bytes[0] = 1;
      return allocation;
    },
  };
}
