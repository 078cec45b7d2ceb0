/**
 * The contract of `malloc`, `calloc`, `realloc` and `free`, as plain code: a list of
 * blocks, and no memory. Read this first.
 *
 * ```text
 *   heap blocks, in address order
 *
 *   ┌────────┬───────────┬────────┬───────────────────┬────────┬────────┐
 *   │ header │ payload   │ header │ payload           │ header │ free   │
 *   └────────┴───────────┴────────┴───────────────────┴────────┴────────┘
 *   <- 32 -> ^                                                          ^
 *            the address that malloc returned               program break
 *
 *   a mapped block, which lies apart
 *
 *   ┌────────┬──────────────────────────────────────┐
 *   │ header │ payload                              │
 *   └────────┴──────────────────────────────────────┘
 * ```
 *
 * 1. Sizes are rounded up to a multiple of 8. A block is a header of 32 bytes and a
 *    payload; its user gets the address of the payload. Heap blocks form one list in
 *    address order.
 * 2. Size 0 gives NULL. For `calloc` either factor can be 0.
 * 3. A block whose header and payload reach a threshold is mapped: it is a mapping of its
 *    own. The threshold is 128 KiB for `malloc` and `realloc`, a page for `calloc`. Any
 *    other block lies on the heap.
 * 4. When the heap is first needed, the program break is raised by 128 KiB once, which
 *    makes one free block.
 * 5. Before each search all free neighbours are merged. The search chooses the smallest
 *    free block that is large enough; of equal ones the one at the lowest address.
 * 6. If no free block is large enough, the break is raised: by the bytes that the last
 *    block lacks if that is free, else by a header and a payload for a new last block.
 * 7. The chosen block is split if at least 40 bytes are left over, a header and 8 bytes.
 *    Otherwise it is used whole.
 * 8. The payload of `calloc` is zero, the rounding included. (There is no memory here.)
 * 9. `free` only marks a heap block as free: it merges nothing and makes no system call,
 *    and the break is never lowered. `free` of a mapped block unmaps it. `free(NULL)`
 *    does nothing.
 * 10. `realloc` takes the first of these that applies:
 *     - NULL: it is `malloc`.
 *     - An address in a free block: it returns NULL and changes nothing.
 *     - Size 0: it is `free`, and returns NULL.
 *     - A mapped block, or a size that reaches the threshold: the block moves. A new
 *       block is allocated first, then the old one is freed.
 *     - The block is large enough: it is split in place.
 *     - The block is the last one: the break is raised by the bytes that it lacks.
 *     - Free blocks follow: they are absorbed one by one until the block is large enough,
 *       and then it is split. They stay absorbed if they are not enough.
 *     - Otherwise the block moves.
 * 11. No other system call is made. (Here none is refused.)
 *
 * The heap in `heap/` must return the same addresses, make the same system calls and
 * leave the same blocks. Tests give both the same calls and compare. So this model shares
 * no code with the heap, and it is slow: each call walks the list.
 *
 * @module
 */

/** Bytes of a header. */
const HEADER = 32;

/** Bytes of the smallest block: a header and the smallest payload. */
const SMALLEST_BLOCK = HEADER + 8;

/** NULL, which is no block's address. */
const NULL = 0;

/**
 * The address of the program break before the first call: not 0, which is NULL. The model
 * has no memory, so its addresses are _places_, the same in every run:
 *
 * ```text
 *   2^32 + n      n bytes after the start of the heap
 *   k * 2^40 + n  n bytes after the start of the k-th mapping, counted from 1
 * ```
 */
export const HEAP_START = 2 ** 32;

/** The place of the first byte of the `number`-th mapping, counted from 1. */
export function mappingPlace(number: number): number {
  return number * 2 ** 40;
}

/** A block, as the model shows it. */
export interface ModelBlock {
  /** The place of its header. */
  readonly address: number;
  /** The place of its payload. */
  readonly payload: number;
  /** Bytes of its payload. */
  readonly size: number;
  /** A heap block is allocated or free; a mapped block is neither. */
  readonly status: Status;
}

type Status = "allocated" | "free" | "mapped";

/** A system call that was made. */
export interface SystemCallMade {
  readonly name: "brk" | "mmap" | "munmap";
  /** The new break, or the first byte of the mapping. */
  readonly address: number;
  /** Bytes that the break moved by, or bytes of the mapping. */
  readonly length: number;
}

/** The numbers of the contract, and the policies that a heap may have instead of its own. */
export interface ModelOptions {
  /** How a search chooses among the free blocks that are large enough (rule 5). */
  readonly fit: "best" | "first" | "next" | "worst";
  /** Whether blocks are split (rule 7). */
  readonly split: boolean;
  /** When free neighbours are merged: before a search (rule 5), at each free, or never. */
  readonly coalesce: "deferred" | "immediate" | "never";
  /** Bytes from which on `malloc` and `realloc` map a block (rule 3). */
  readonly mmapThreshold: number;
  /** Bytes from which on `calloc` maps a block (rule 3). */
  readonly callocThreshold: number;
  /** Bytes that the break is raised by at first (rule 4). */
  readonly preallocate: number;
  /** The break is raised by multiples of this many bytes (rule 6). */
  readonly growth: number;
}

/** The contract's own policies and numbers. */
const COURSE_OPTIONS: ModelOptions = {
  fit: "best",
  split: true,
  coalesce: "deferred",
  mmapThreshold: 131072,
  callocThreshold: 4096,
  preallocate: 131072,
  growth: 8,
};

/** A block of the list. Its payload ends where the next block begins. */
interface ListedBlock {
  readonly address: number;
  size: number;
  status: Status;
}

/** The contract. Wrong pointers are errors. */
export class Model {
  readonly #options: ModelOptions;
  /** Heap blocks, in address order. */
  readonly #heap: ListedBlock[] = [];
  /** Mapped blocks, in the order they were made. */
  readonly #mapped: ListedBlock[] = [];
  #break = HEAP_START;
  #isPreallocated = false;
  #mappingsMade = 0;
  #systemCalls: SystemCallMade[] = [];
  /** The end of the block that was allocated last: next fit searches from there. */
  #searchStart = HEAP_START;

  constructor(options: Partial<ModelOptions> = {}) {
    this.#options = { ...COURSE_OPTIONS, ...options };
  }

  malloc(size: number): number {
    return this.#allocate(size, this.#options.mmapThreshold);
  }

  calloc(nmemb: number, size: number): number {
    return this.#allocate(nmemb * size, this.#options.callocThreshold);
  }

  /** Rule 9. */
  free(address: number): void {
    if (address !== NULL) this.#release(this.#liveBlockAt(address));
  }

  /** Rule 10, in its order. */
  realloc(address: number, size: number): number {
    if (address === NULL) return this.malloc(size);
    if (this.#isInFreeBlock(address)) return NULL;
    const block = this.#liveBlockAt(address);
    if (size === 0) {
      this.#release(block);
      return NULL;
    }
    const needed = roundUp(size);
    const staysOnHeap = block.status === "allocated" &&
      HEADER + needed < this.#options.mmapThreshold;
    if (staysOnHeap && this.#resizeInPlace(block, needed)) return address;
    const moved = this.malloc(size);
    this.#release(block);
    return moved;
  }

  /** Heap blocks in address order, then mapped blocks in the order they were made. */
  blocks(): ModelBlock[] {
    return [...this.#heap, ...this.#mapped].map((block) => ({
      ...block,
      payload: block.address + HEADER,
    }));
  }

  /** The system calls since this was last called, in order. */
  takeSystemCalls(): SystemCallMade[] {
    const made = this.#systemCalls;
    this.#systemCalls = [];
    return made;
  }

  /** Moves the break as other code in the process does. Then the heap has a gap. */
  moveBreak(bytes: number): void {
    this.#break += bytes;
  }

  /** Rules 2 and 3. */
  #allocate(size: number, threshold: number): number {
    if (size === 0) return NULL;
    const needed = roundUp(size);
    const block = HEADER + needed >= threshold
      ? this.#map(needed)
      : this.#allocateOnHeap(needed);
    return block.address + HEADER;
  }

  #map(size: number): ListedBlock {
    const address = mappingPlace(++this.#mappingsMade);
    this.#systemCalls.push({ name: "mmap", address, length: HEADER + size });
    const block: ListedBlock = { address, size, status: "mapped" };
    this.#mapped.push(block);
    return block;
  }

  /** Rules 4 to 7, one after the other. */
  #allocateOnHeap(needed: number): ListedBlock {
    this.#preallocate();
    if (this.#options.coalesce === "deferred") this.#mergeFreeNeighbours();
    const block = this.#search(needed) ?? this.#grow(needed);
    block.status = "allocated";
    this.#split(block, needed);
    this.#searchStart = endOf(block);
    return block;
  }

  /** Rule 4. */
  #preallocate(): void {
    if (this.#isPreallocated) return;
    this.#isPreallocated = true;
    const { preallocate } = this.#options;
    if (preallocate > 0) this.#addLastBlock(preallocate);
  }

  /** Rule 5: each free block absorbs the free blocks that follow. */
  #mergeFreeNeighbours(): void {
    for (let index = 0; index < this.#heap.length; index++) {
      const block = this.#heap[index];
      while (block?.status === "free" && this.#absorbNext(index));
    }
  }

  /** Merges the block after the one at `index` into it, if that is free and no gap lies between. */
  #absorbNext(index: number): boolean {
    const block = this.#heap[index];
    const next = this.#heap[index + 1];
    if (!block || next?.status !== "free") return false;
    if (next.address !== endOf(block)) return false;
    block.size += HEADER + next.size;
    this.#heap.splice(index + 1, 1);
    return true;
  }

  /** Rule 5: the free block to use, if one is large enough. */
  #search(needed: number): ListedBlock | undefined {
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

  /** Address order; next fit starts at the block in which its last search ended. */
  #inSearchOrder(): ListedBlock[] {
    if (this.#options.fit !== "next") return this.#heap;
    const isAhead = (block: ListedBlock) => endOf(block) > this.#searchStart;
    return [
      ...this.#heap.filter((block) => isAhead(block)),
      ...this.#heap.filter((block) => !isAhead(block)),
    ];
  }

  /** Rule 6: the last block, grown or new. */
  #grow(needed: number): ListedBlock {
    const last = this.#heap.at(-1);
    if (last?.status !== "free" || !this.#endsAtBreak(last)) {
      return this.#addLastBlock(this.#roundedGrowth(HEADER + needed));
    }
    this.#growLastBlock(last, needed);
    return last;
  }

  /** Raises the break until the last block has the bytes that are needed. */
  #growLastBlock(last: ListedBlock, needed: number): void {
    const increment = this.#roundedGrowth(needed - last.size);
    this.#raiseBreak(increment);
    last.size += increment;
  }

  /** Adds a free block of `bytes`. If others left the break unaligned, padding precedes it. */
  #addLastBlock(bytes: number): ListedBlock {
    const address = roundUp(this.#break);
    this.#raiseBreak(address - this.#break + bytes);
    const size = bytes - HEADER;
    const block: ListedBlock = { address, size, status: "free" };
    this.#heap.push(block);
    return block;
  }

  #roundedGrowth(bytes: number): number {
    const { growth } = this.#options;
    return Math.ceil(bytes / growth) * growth;
  }

  #raiseBreak(increment: number): void {
    this.#break += increment;
    this.#systemCalls.push({
      name: "brk",
      address: this.#break,
      length: increment,
    });
  }

  /** Whether a block can grow by raising the break: nobody else has raised it since. */
  #endsAtBreak(block: ListedBlock): boolean {
    return endOf(block) === this.#break;
  }

  /** Rule 7: leaves the needed bytes in the block, and the rest in a free block after it. */
  #split(block: ListedBlock, needed: number): void {
    const rest = block.size - needed;
    if (!this.#options.split || rest < SMALLEST_BLOCK) return;
    block.size = needed;
    this.#heap.splice(this.#heap.indexOf(block) + 1, 0, {
      address: endOf(block),
      size: rest - HEADER,
      status: "free",
    });
  }

  /** Rule 9. */
  #release(block: ListedBlock): void {
    if (block.status === "allocated") {
      block.status = "free";
      this.#mergeAtOnce();
      return;
    }
    const { address, size } = block;
    this.#systemCalls.push({ name: "munmap", address, length: HEADER + size });
    this.#mapped.splice(this.#mapped.indexOf(block), 1);
  }

  /** Immediate merging, which is not the contract's. */
  #mergeAtOnce(): void {
    if (this.#options.coalesce === "immediate") this.#mergeFreeNeighbours();
  }

  /**
   * Rule 10, for a heap block that stays on the heap: whether it has the needed bytes now.
   *
   * Whether the block is the last one is asked before it absorbs others. So a block that
   * becomes the last by absorbing a free block that is too small does not grow: it moves.
   */
  #resizeInPlace(block: ListedBlock, needed: number): boolean {
    const index = this.#heap.indexOf(block);
    if (needed > block.size && block === this.#heap.at(-1)) {
      if (!this.#endsAtBreak(block)) return false;
      this.#growLastBlock(block, needed);
    }
    const absorbs = this.#options.coalesce !== "never";
    while (absorbs && block.size < needed && this.#absorbNext(index));
    if (block.size < needed) return false;
    this.#split(block, needed);
    this.#mergeAtOnce();
    return true;
  }

  #isInFreeBlock(address: number): boolean {
    return this.#heap.some((block) =>
      block.status === "free" && address >= block.address &&
      address < endOf(block)
    );
  }

  #liveBlockAt(address: number): ListedBlock {
    const block = [...this.#heap, ...this.#mapped].find((candidate) =>
      candidate.status !== "free" && candidate.address + HEADER === address
    );
    if (!block) throw new Error(`The model has no live block at ${address}`);
    return block;
  }
}

/** Rule 1. */
function roundUp(size: number): number {
  return Math.ceil(size / 8) * 8;
}

/** The first byte after a block. */
function endOf(block: ListedBlock): number {
  return block.address + HEADER + block.size;
}

/**
 * The contract as C meets it, where no error can be caught: a wrong pointer is ignored,
 * and a call that cannot be answered returns NULL.
 */
export class ForgivingModel extends Model {
  override calloc(nmemb: number, size: number): number {
    return Number.isSafeInteger(nmemb * size)
      ? super.calloc(nmemb, size)
      : NULL;
  }

  override realloc(address: number, size: number): number {
    return this.#isFreeable(address) ? super.realloc(address, size) : NULL;
  }

  override free(address: number): void {
    if (this.#isFreeable(address)) super.free(address);
  }

  /** Whether an address is NULL or that of a live block. */
  #isFreeable(address: number): boolean {
    return address === NULL ||
      this.blocks().some(({ payload, status }) =>
        payload === address && status !== "free"
      );
  }
}
