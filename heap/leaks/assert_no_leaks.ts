import type { Heap } from "../heap.ts";
import type { LeakReport } from "./leak_report.ts";

/**
 * Runs a function, and sees to it that afterwards nothing is live in a heap that was not
 * before. For tests. If the function throws, that error goes on.
 *
 * A debug heap tells where each block was allocated. In others the stack of an
 * {@linkcode Allocation} is known, but of what `malloc` gave only the address, and a
 * block in the place of one that the function freed goes unnoticed.
 *
 * @param heap Where the function allocates.
 * @param fn The function; it is waited for if it is asynchronous.
 * @returns A promise if `fn` returns one.
 * @throws {LeakError} If something is live that was not before, with a report of it.
 *
 * @example Test a function that allocates
 * ```ts
 * import { assertNoLeaks, Heap } from "@osmem/osmem";
 *
 * Deno.test("the message is freed", () => {
 *   using heap = new Heap({ debug: true });
 *   assertNoLeaks(heap, () => {
 *     using message = heap.allocate(64, { label: "message" });
 *     message.bytes.fill(0);
 *   });
 * });
 * ```
 *
 * @example Test an asynchronous one
 * ```ts
 * import { assertNoLeaks, Heap } from "@osmem/osmem";
 *
 * using heap = new Heap({ debug: true });
 * await assertNoLeaks(heap, async () => {
 *   const address = heap.malloc(64);
 *   await Promise.resolve();
 *   heap.free(address);
 * });
 * ```
 */
export function assertNoLeaks<Result extends void | Promise<void>>(
  heap: Heap,
  fn: () => Result,
): Result {
  const before = heap.leaks();
  const result = fn();
  if (!(result instanceof Promise)) {
    requireNoneSince(heap, before);
    return result;
  }
  return result.then(() => requireNoneSince(heap, before)) as Result;
}

/**
 * Thrown by {@linkcode assertNoLeaks} when a function left blocks live.
 *
 * @example Read what was left
 * ```ts
 * import { assertNoLeaks, Heap, LeakError } from "@osmem/osmem";
 * import { assertEquals, assertThrows } from "@std/assert";
 *
 * using heap = new Heap();
 * const error = assertThrows(
 *   () => assertNoLeaks(heap, () => void heap.malloc(100)),
 *   LeakError,
 * );
 * assertEquals([error.code, error.report.blocks], ["leak", 1]);
 * ```
 */
export class LeakError extends Error {
  /** `"LeakError"`. */
  override readonly name = "LeakError";
  /** `"leak"`. */
  readonly code = "leak";
  /** What is live that was not before. */
  readonly report: LeakReport;

  /**
   * Makes the error.
   *
   * @param report What is live that was not before.
   */
  constructor(report: LeakReport) {
    super(
      `The function left blocks live that were not before; free them, or dispose of them: ${report}`,
    );
    this.report = report;
  }
}

function requireNoneSince(heap: Heap, before: LeakReport): void {
  const left = heap.leaks().since(before);
  if (left.blocks > 0) throw new LeakError(left);
}
