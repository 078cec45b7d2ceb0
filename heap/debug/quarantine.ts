import type { Address } from "../../ffi/memory.ts";
import type { TracedBlock } from "./traced_block.ts";

/** How many freed blocks are remembered. */
const MOST_BLOCKS = 1024;

/** How many bytes of memory are kept back. */
const MOST_BYTES = 4 << 20;

interface Entry {
  readonly block: TracedBlock;
  /** Bytes of it that are kept back: none of a mapping, which is given back at once. */
  readonly keptBytes: number;
}

/**
 * The blocks that were freed last, the oldest first: what they were is remembered, and
 * their memory is kept back, until there are more than 1,024 of them or 4 MiB.
 */
export class Quarantine {
  readonly #entries: Entry[] = [];
  readonly #found = new Map<Address, TracedBlock>();
  #bytes = 0;

  /** Whether there are more than are to be remembered. */
  get isOverfull(): boolean {
    return this.#entries.length > MOST_BLOCKS || this.#bytes > MOST_BYTES;
  }

  /** Bytes that are kept back. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Those whose memory is kept back, the oldest first. */
  *[Symbol.iterator](): Generator<TracedBlock> {
    for (const { block, keptBytes } of this.#entries) {
      if (keptBytes > 0) yield block;
    }
  }

  /** Adds a block that was just freed. */
  add(block: TracedBlock, keptBytes: number): void {
    this.#entries.push({ block, keptBytes });
    this.#found.set(block.address, block);
    this.#bytes += keptBytes;
  }

  /** The block that started here and was freed. */
  find(address: Address): TracedBlock | undefined {
    return this.#found.get(address);
  }

  /** There is a new block here: a mapping where one was given back. */
  forget(address: Address): void {
    this.#found.delete(address);
  }

  /** Forgets all of them. */
  clear(): void {
    this.#entries.length = 0;
    this.#found.clear();
    this.#bytes = 0;
  }

  /** Takes out the oldest block; says whether its memory was kept back. */
  takeOldest(): { block: TracedBlock; isKept: boolean } | undefined {
    const entry = this.#entries.shift();
    if (!entry) return undefined;
    const { block, keptBytes } = entry;
    if (this.#found.get(block.address) === block) this.forget(block.address);
    this.#bytes -= keptBytes;
    return { block, isKept: keptBytes > 0 };
  }
}
