import type { CBindings } from "../../heap/c/c_bindings.ts";
import type { HeapCalls } from "../../heap/c/c_calls.ts";

/** Where a C library has its memory from. */
export interface ClientHeap {
  /** The heap, for hooks of another shape than malloc(3) has. */
  readonly calls: HeapCalls;
  /** The same heap as C functions. */
  readonly bindings: CBindings;
}
