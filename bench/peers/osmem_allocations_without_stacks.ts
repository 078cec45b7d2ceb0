import type { Allocation } from "../../mod.ts";
import type { Allocator } from "../allocator.ts";
import { open as openAllocations } from "./osmem_allocations.ts";

/** Allocations of a heap that notes no stacks. */
export function open(): Allocator<Allocation> {
  return openAllocations({ stacks: false });
}
