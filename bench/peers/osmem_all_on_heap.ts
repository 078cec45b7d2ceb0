import type { Address } from "../../mod.ts";
import type { Allocator } from "../allocator.ts";
import { open as openHeap } from "./osmem.ts";

/** A heap whose calloc takes blocks of any size from the heap, as malloc does. */
export function open(): Allocator<Address> {
  return openHeap({ callocThreshold: Infinity });
}
