import { assertEquals } from "@std/assert";
import type { Allocation } from "../../mod.ts";
import { requirePattern, writePattern } from "./patterns.ts";

/** What ought to stand in allocations: a pattern of its own in each. */
export class HeldContents {
  readonly #seeds = new Map<Allocation, number>();
  #nextSeed = 1;

  /** The allocations that were written and not forgotten. */
  get allocations(): Allocation[] {
    return [...this.#seeds.keys()];
  }

  /** Writes a new pattern over a whole allocation. */
  write(allocation: Allocation): void {
    const seed = this.#nextSeed++;
    this.#seeds.set(allocation, seed);
    writePattern(allocation.bytes, seed);
  }

  /** Compares the first bytes of an allocation with its pattern; all by default. */
  verify(allocation: Allocation, length = allocation.size): void {
    const seed = this.#seeds.get(allocation)!;
    const bytes = allocation.bytes.subarray(0, length);
    assertEquals(bytes.length, length);
    requirePattern(bytes, seed, () => Deno.inspect(allocation));
  }

  /** Compares every allocation with its pattern. */
  verifyAll(): void {
    for (const allocation of this.#seeds.keys()) this.verify(allocation);
  }

  /** Forgets allocations that ended. */
  forgetEnded(): void {
    for (const allocation of this.#seeds.keys()) {
      if (allocation.isDisposed) this.#seeds.delete(allocation);
    }
  }
}
