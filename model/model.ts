import type { Block, BlockStatus, CoalescePolicy, FitPolicy } from "../mod.ts";
import type { Allocator, SystemCallMade } from "../tests/support/allocator.ts";
import { HEAP_START, mappingPlace } from "../tests/support/places.ts";

/** The numbers that the contract leaves open, and the policies beside its own. */
export interface ModelOptions {
  readonly fit: FitPolicy;
  readonly split: boolean;
  readonly coalesce: CoalescePolicy;
  readonly mmapThreshold: number;
  readonly callocThreshold: number;
  readonly preallocate: number;
  readonly growth: number;
}

/** The course's policies, and its numbers: 128 KiB, a page, 128 KiB. */
export const COURSE_OPTIONS: ModelOptions = {
  fit: "best",
  split: true,
  coalesce: "deferred",
  mmapThreshold: 131072,
  callocThreshold: 4096,
  preallocate: 131072,
  growth: 8,
};

const HEADER = 32;
const SMALLEST_BLOCK = HEADER + 8;

interface ModelBlock {
  /** Place of the header. */
  readonly address: number;
  /** Bytes of payload. */
  size: number;
  status: BlockStatus;
}

/**
 * The contract written out as plainly as it can be: a list of blocks that is
 * walked from the front, and no memory. It is a second opinion on what a heap
 * must do, so it shares no code with it.
 */
export class Model implements Allocator {
  readonly #options: ModelOptions;
  readonly #heap: ModelBlock[] = [];
  readonly #mappings: ModelBlock[] = [];
  #systemCalls: SystemCallMade[] = [];
  #mappingsMade = 0;
  #preallocated = false;
  #break = HEAP_START;
  /** Where next fit goes on: the end of the block placed last. */
  #rover = HEAP_START;

  constructor(options: Partial<ModelOptions> = {}) {
    this.#options = { ...COURSE_OPTIONS, ...options };
  }

  malloc(size: number): number {
    return this.#allocate(size, this.#options.mmapThreshold);
  }

  calloc(nmemb: number, size: number): number {
    return this.#allocate(nmemb * size, this.#options.callocThreshold);
  }

  free(address: number): void {
    if (address !== 0) this.#release(this.#blockAt(address));
  }

  realloc(address: number, size: number): number {
    if (address === 0) return this.malloc(size);
    if (this.#isInFreeBlock(address)) return 0;
    const block = this.#blockAt(address);
    if (size === 0) {
      this.#release(block);
      return 0;
    }
    const needed = roundUp(size);
    const staysOnHeap = block.status === "allocated" &&
      needed + HEADER < this.#options.mmapThreshold;
    if (staysOnHeap && this.#resizeInPlace(block, needed)) return address;
    const moved = this.malloc(size);
    this.#release(block);
    return moved;
  }

  /** Somebody else moves the break. */
  moveBreak(bytes: number): void {
    this.#break += bytes;
  }

  takeSystemCalls(): SystemCallMade[] {
    const taken = this.#systemCalls;
    this.#systemCalls = [];
    return taken;
  }

  blocks(): Block[] {
    return [...this.#heap, ...this.#mappings].map((block) => ({
      ...block,
      payload: block.address + HEADER,
    }));
  }

  #allocate(size: number, threshold: number): number {
    if (size === 0) return 0;
    const needed = roundUp(size);
    const block = needed + HEADER >= threshold
      ? this.#map(needed)
      : this.#place(needed);
    return block.address + HEADER;
  }

  #map(size: number): ModelBlock {
    const address = mappingPlace(++this.#mappingsMade);
    this.#systemCalls.push({ name: "mmap", address, length: size + HEADER });
    const block: ModelBlock = { address, size, status: "mapped" };
    this.#mappings.push(block);
    return block;
  }

  #place(needed: number): ModelBlock {
    this.#preallocate();
    if (this.#options.coalesce === "deferred") this.#mergeFreeNeighbours();
    const block = this.#search(needed) ?? this.#grow(needed);
    block.status = "allocated";
    this.#split(block, needed);
    this.#rover = endOf(block);
    return block;
  }

  #preallocate(): void {
    if (this.#preallocated) return;
    this.#preallocated = true;
    const { preallocate } = this.#options;
    if (preallocate > 0) this.#newLastBlock(preallocate);
  }

  #mergeAtOnce(): void {
    if (this.#options.coalesce === "immediate") this.#mergeFreeNeighbours();
  }

  #mergeFreeNeighbours(): void {
    for (let index = 0; index < this.#heap.length; index++) {
      const block = this.#heap[index];
      while (block?.status === "free" && this.#absorbNext(index));
    }
  }

  /** Adds the free block that follows to the block at `index`, if one does. */
  #absorbNext(index: number): boolean {
    const block = this.#heap[index];
    const next = this.#heap[index + 1];
    if (!block || next?.status !== "free") return false;
    if (next.address !== endOf(block)) return false;
    block.size += HEADER + next.size;
    this.#heap.splice(index + 1, 1);
    return true;
  }

  #search(needed: number): ModelBlock | undefined {
    const fits = this.#inSearchOrder().filter((block) =>
      block.status === "free" && block.size >= needed
    );
    switch (this.#options.fit) {
      case "best":
        return fits.find((block) =>
          fits.every(({ size }) => block.size <= size)
        );
      case "worst":
        return fits.find((block) =>
          fits.every(({ size }) => block.size >= size)
        );
      case "first":
      case "next":
        return fits[0];
    }
  }

  /** In address order; next fit begins at the block that the rover lies in. */
  #inSearchOrder(): ModelBlock[] {
    if (this.#options.fit !== "next") return this.#heap;
    const isBehind = (block: ModelBlock) => endOf(block) > this.#rover;
    return [
      ...this.#heap.filter((block) => isBehind(block)),
      ...this.#heap.filter((block) => !isBehind(block)),
    ];
  }

  #grow(needed: number): ModelBlock {
    const last = this.#heap.at(-1);
    if (last?.status !== "free" || !this.#endsAtBreak(last)) {
      return this.#newLastBlock(this.#rounded(HEADER + needed));
    }
    this.#growLast(last, needed);
    return last;
  }

  /** Lets the last block have at least as much as is needed. */
  #growLast(last: ModelBlock, needed: number): void {
    const increment = this.#rounded(needed - last.size);
    this.#raiseBreak(increment);
    last.size += increment;
  }

  /** What the break is raised by. */
  #rounded(lacking: number): number {
    const { growth } = this.#options;
    return Math.ceil(lacking / growth) * growth;
  }

  /** A header is aligned to 8, also where others left the break unaligned. */
  #newLastBlock(bytes: number): ModelBlock {
    const address = roundUp(this.#break);
    this.#raiseBreak(address - this.#break + bytes);
    const size = bytes - HEADER;
    const block: ModelBlock = { address, size, status: "free" };
    this.#heap.push(block);
    return block;
  }

  #raiseBreak(increment: number): void {
    this.#break += increment;
    this.#systemCalls.push({
      name: "brk",
      address: this.#break,
      length: increment,
    });
  }

  #endsAtBreak(block: ModelBlock): boolean {
    return endOf(block) === this.#break;
  }

  #split(block: ModelBlock, needed: number): void {
    const rest = block.size - needed;
    if (!this.#options.split || rest < SMALLEST_BLOCK) return;
    block.size = needed;
    this.#heap.splice(this.#heap.indexOf(block) + 1, 0, {
      address: endOf(block),
      size: rest - HEADER,
      status: "free",
    });
  }

  #resizeInPlace(block: ModelBlock, needed: number): boolean {
    const index = this.#heap.indexOf(block);
    if (needed > block.size && block === this.#heap.at(-1)) {
      if (!this.#endsAtBreak(block)) return false;
      this.#growLast(block, needed);
    }
    const absorbs = this.#options.coalesce !== "never";
    while (absorbs && block.size < needed && this.#absorbNext(index));
    if (block.size < needed) return false;
    this.#split(block, needed);
    this.#mergeAtOnce();
    return true;
  }

  #release(block: ModelBlock): void {
    if (block.status === "allocated") {
      block.status = "free";
      this.#mergeAtOnce();
      return;
    }
    const { address, size } = block;
    this.#systemCalls.push({ name: "munmap", address, length: size + HEADER });
    this.#mappings.splice(this.#mappings.indexOf(block), 1);
  }

  #isInFreeBlock(address: number): boolean {
    return this.#heap.some((block) =>
      block.status === "free" && address >= block.address &&
      address < endOf(block)
    );
  }

  #blockAt(address: number): ModelBlock {
    const block = [...this.#heap, ...this.#mappings].find((candidate) =>
      candidate.status !== "free" && candidate.address + HEADER === address
    );
    if (!block) throw new Error(`The model has no live block at ${address}`);
    return block;
  }
}

function roundUp(size: number): number {
  return Math.ceil(size / 8) * 8;
}

function endOf(block: ModelBlock): number {
  return block.address + HEADER + block.size;
}
