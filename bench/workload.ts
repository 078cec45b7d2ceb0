import type { Allocator } from "./allocator.ts";

/** A case on one allocator, with its blocks laid out and ready to run. */
export interface Workload {
  /** Operations in a round. */
  readonly operations: number;
  /** Makes the operations of a round: what is timed. */
  round(): void;
  /** Frees every block that is live. */
  end(): void;
}

/**
 * Lays a case out.
 *
 * @param allocator The allocator to run on.
 * @param blocks How many blocks are live.
 */
export type Prepare = <Block>(
  allocator: Allocator<Block>,
  blocks: number,
) => Workload;

/**
 * What a module in `cases/` exports: ways to lay a case out.
 *
 * Sizes stand in their loops as literals. The compiler does not know that a
 * constant of the module is a small integer, and then takes 15 ns more for the
 * `BigInt(size)` that a foreign function wants.
 */
export type CaseModule = Readonly<Record<string, Prepare>>;

/**
 * Repeats of a pass of so many operations that make a round long enough to be
 * timed: small cases would otherwise measure the clock.
 */
export function repeatsOf(operations: number): number {
  return Math.ceil(SHORTEST_ROUND / operations);
}

const SHORTEST_ROUND = 200_000; // operations: a few milliseconds
