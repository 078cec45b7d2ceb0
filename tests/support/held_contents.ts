import { assertEquals } from "@std/assert";
import type { Allocation } from "../../mod.ts";

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
    const { bytes } = allocation;
    for (let at = 0; at < bytes.length; at++) bytes[at] = byteAt(seed, at);
  }

  /** Compares the first bytes of an allocation with its pattern; all by default. */
  verify(allocation: Allocation, length = allocation.size): void {
    const seed = this.#seeds.get(allocation)!;
    const { bytes } = allocation;
    for (let at = 0; at < length; at++) {
      if (bytes[at] === byteAt(seed, at)) continue;
      assertEquals(
        bytes[at],
        byteAt(seed, at),
        `byte ${at} of ${Deno.inspect(allocation)}`,
      );
    }
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

function byteAt(seed: number, at: number): number {
  return (seed * 37 + at * 11 + (at >>> 8)) & 0xff;
}
