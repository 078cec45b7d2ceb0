import type { Allocation } from "./allocation.ts";

/** An allocation that could not be freed. */
export interface RefusedFree {
  /** The allocation, which is live as before. */
  readonly allocation: Allocation;
  /** Why it was not freed. */
  readonly error: Error;
}

/** So many are listed in the message. */
const MOST_LISTED = 10;

/**
 * Thrown when a scope cannot free all that is in it, because the system refuses to take
 * mappings back. All else was freed; dispose of the scope again for the rest. Its
 * `errors` say why each of the rest was not freed.
 *
 * @example Find out what was not freed
 * ```ts
 * import { Heap, ScopeError, SystemCallError } from "@osmem/osmem";
 * import { assertEquals } from "@std/assert";
 *
 * using heap = new Heap();
 * using allocation = heap.allocate(200_000, { label: "page" });
 * const refusal = new SystemCallError("munmap", 12, [allocation.address - 32, 200_032]);
 * const error = new ScopeError([{ allocation, error: refusal }], 'scope "request"');
 * assertEquals(error.code, "frees-refused");
 * assertEquals(error.allocations, [allocation]);
 * assertEquals(error.errors, [refusal]);
 * ```
 */
export class ScopeError extends AggregateError {
  /** `"ScopeError"`. */
  override readonly name = "ScopeError";
  /** `"frees-refused"`. */
  readonly code = "frees-refused";
  /** The allocations that are live as before, the newest first. */
  readonly allocations: readonly Allocation[];

  /**
   * Makes the error.
   *
   * @param refused What was not freed.
   * @param scope What could not free it, as in `'scope "request"'`.
   */
  constructor(refused: readonly RefusedFree[], scope: string) {
    const listed = refused.map(({ allocation, error }) =>
      `\n    ${Deno.inspect(allocation)}: ${error.message}`
    );
    super(
      refused.map(({ error }) => error),
      `Cannot free all that is in ${scope}:${
        listed.slice(0, MOST_LISTED).join("")
      }\n` +
        `${countLive(refused.length)} live as before, all others were freed; ` +
        "dispose of the scope again",
    );
    this.allocations = refused.map(({ allocation }) => allocation);
  }
}

function countLive(count: number): string {
  return count === 1
    ? "1 of its allocations is"
    : `${count} of its allocations are`;
}
