import type { Allocator } from "../allocator.ts";
import { open as openPointers } from "./glibc_pointers.ts";

/** malloc(3) as people call it, each block with a view that is written to. */
export function open(): Allocator<Deno.PointerValue> {
  const allocator = openPointers();
  return {
    ...allocator,
    malloc(size) {
      const pointer = allocator.malloc(size);
      const buffer = Deno.UnsafePointerView.getArrayBuffer(pointer!, size);
      new Uint8Array(buffer)[0] = 1;
      return pointer;
    },
  };
}
