import { nativeExtras } from "./library.ts";
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
 * `--v8-flags=--stack-size`; where that ends it does not tell, so this goes there. A
 * thread may have less than V8 takes it to have: a Worker has 4 MiB.
 *
 * ```text
 *   stack's end        limit                                 where it begins
 *   │ guard │ reserve  │ C may call                               <── grows │
 *           └ or V8's end, where that comes first
 * ```
 */
export function stackLimit(): Address {
  return limit ??= findEnd() + RESERVE;
}

/** Bytes before the stack's very end that nothing here goes into. */
const GUARD = 64 * 1024;

/** Where the part of the stack ends that JavaScript can use. */
function findEnd(): Address {
  const { osmem_stack_position, osmem_stack_end } = nativeExtras();
  const lowest = osmem_stack_end() + GUARD;
  let position = Infinity;
  const descend = () => {
    position = osmem_stack_position();
    if (position > lowest) descend();
  };
  try {
    descend();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
  }
  return position;
}
