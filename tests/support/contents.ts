import type { Address, Heap } from "../../mod.ts";
import { requirePattern, writePattern } from "./patterns.ts";

interface Pattern {
  readonly seed: number;
  /** Bytes it was written over. A block may have become larger since. */
  readonly length: number;
}

/**
 * What ought to stand in every live block: a pattern of its own, written over
 * the whole payload, so that any block that is written where it must not be is
 * noticed in the block it overlaps.
 */
export class Contents {
  readonly #heap: Heap;
  readonly #patterns = new Map<Address, Pattern>();
  #nextSeed = 1;

  constructor(heap: Heap) {
    this.#heap = heap;
  }

  /** Addresses of the blocks that hold a pattern. */
  get addresses(): Address[] {
    return [...this.#patterns.keys()];
  }

  /** Writes a new pattern over the whole block. */
  write(address: Address): void {
    const seed = this.#nextSeed++;
    const bytes = this.#heap.bytes(address);
    this.#patterns.set(address, { seed, length: bytes.length });
    writePattern(bytes, seed);
  }

  /** Compares a block with its pattern. */
  verify(address: Address): void {
    this.#compare(address, this.#patternOf(address));
  }

  /** Compares every block with its pattern. */
  verifyAll(): void {
    for (const address of this.#patterns.keys()) this.verify(address);
  }

  /** Forgets a block, which was freed. */
  forget(address: Address): void {
    this.#patterns.delete(address);
  }

  /**
   * A block of this pattern was resized to `size` bytes: what it held must have
   * come along. It gets a new pattern.
   */
  moved(from: Address, to: Address, size: number): void {
    const { seed, length } = this.#patternOf(from);
    this.#compare(to, { seed, length: Math.min(length, size) });
    this.#patterns.delete(from);
    this.write(to);
  }

  #patternOf(address: Address): Pattern {
    const pattern = this.#patterns.get(address);
    if (!pattern) throw new Error(`No pattern was written at ${address}`);
    return pattern;
  }

  #compare(address: Address, { seed, length }: Pattern): void {
    const bytes = this.#heap.bytes(address, length);
    requirePattern(bytes, seed, () => `the block at 0x${address.toString(16)}`);
  }
}
