// Calls that the engine ends for want of stack.
import { CorruptionError, type Heap, InvalidPointerError } from "../../mod.ts";

/** How many calls of a function that does nothing else the stack has room for. */
export function roomOnStack(): number {
  try {
    return 1 + roomOnStack();
  } catch {
    return 1;
  }
}

/** Calls `action` below `depth` calls, and again on the way up as long as it overflows. */
export function callDeep(depth: number, action: () => void): void {
  if (depth > 0) {
    try {
      return callDeep(depth - 1, action);
    } catch (error) {
      if (!isOverflow(error)) throw error;
    }
  }
  action();
}

/** Whether the engine threw this for want of stack; for a pattern, a SyntaxError. */
export function isOverflow(error: unknown): boolean {
  return error instanceof RangeError && error.constructor === RangeError ||
    error instanceof SyntaxError && error.message.endsWith("Stack overflow");
}

/** Whether a heap refuses to go on after a change that was cut off. */
export function isInterruption(error: unknown): boolean {
  return error instanceof CorruptionError && error.code === "interrupted";
}

/** Frees a block, which an earlier try may have freed before it overflowed. */
export function freeAgain(heap: Heap, address: number, tries: number): void {
  try {
    heap.free(address);
  } catch (error) {
    const isFreed = tries > 0 && error instanceof InvalidPointerError &&
      error.code === "double-free";
    if (!isFreed) throw error;
  }
}
