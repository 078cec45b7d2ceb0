import { nativeBindings } from "./library.ts";
import type { Address } from "./memory.ts";

/**
 * Bytes of stack that answering a call takes at most, and much more: a heap that ran
 * out of stack half way through a call would be left half changed.
 */
const RESERVE = 128 * 1024;

let limit: Address | undefined;

/**
 * The lowest address that this thread's stack may have reached when C calls
 * TypeScript. V8 has a part of the stack, 984 KiB by default and more with
 * `--v8-flags=--stack-size`; where that ends it does not tell, so this goes there.
 */
export function stackLimit(): Address {
  return limit ??= findEnd() + RESERVE;
}

/** Where JavaScript's part of the stack ends. */
function findEnd(): Address {
  const { osmem_stack_position } = nativeBindings();
  let position = Infinity;
  const descend = () => {
    position = osmem_stack_position();
    descend();
  };
  try {
    descend();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
  }
  return position;
}
