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

/**
 * Refuses to go on where so much of the stack is in use that a call to a heap might
 * not come to its end.
 *
 * @throws {RangeError} If it is.
 */
export function requireStack(): void {
  if (nativeBindings().osmem_stack_position() >= stackLimit()) return;
  throw new RangeError(
    "the stack is too deep for JavaScript to answer; nest fewer calls, " +
      "or run deno with --v8-flags=--stack-size=7000",
  );
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
