import {
  type IndexedRange,
  RangeIndex,
} from "../../collections/range_index.ts";
import { UsageError } from "../../errors/usage_error.ts";
import { describeBlock } from "../../errors/messages.ts";
import type { Address } from "../../ffi/memory.ts";
import { closeWindow, isDetached } from "../../ffi/system.ts";
import {
  type Block,
  CELL_BYTES,
  FIELD,
  HEADER_BYTES,
  INTERRUPTED,
  STATUS,
} from "../layout.ts";
import type { LiveCells, SystemCalls } from "./system_calls.ts";

/** A block in a mapping of its own. */
export class MappedBlock implements IndexedRange {
  /** Address of the mapping, and so of the header. */
  readonly address: Address;
  /** Address of the payload. */
  readonly payload: Address;
  /** Bytes of payload. */
  readonly size: number;
  readonly #calls: SystemCalls;
  /** A window on the header alone, which no program ever sees. */
  #header: ArrayBuffer;
  #window: ArrayBuffer | undefined;
  /** Whether the buffer of an earlier window was transferred. */
  #wasTaken = false;

  /**
   * @param calls Made the mapping, and opens windows on it.
   * @param address Address of the mapping.
   * @param size Bytes of payload.
   */
  constructor(calls: SystemCalls, address: Address, size: number) {
    this.#calls = calls;
    this.address = address;
    this.payload = address + HEADER_BYTES;
    this.size = size;
    this.#header = calls.window(address, HEADER_BYTES);
  }

  /** Bytes of the mapping that are used: the header and the payload. */
  get length(): number {
    return HEADER_BYTES + this.size;
  }

  /** A window on the header. */
  get header(): ArrayBuffer {
    return this.#header;
  }

  /**
   * A window on the whole mapping. The window is opened at the first use, since the engine
   * counts its length as memory in use, and then collects garbage more often.
   */
  get window(): ArrayBuffer {
    if (this.#isTakenNow) {
      this.#wasTaken = true;
      this.#window = undefined;
    }
    return this.#window ??= this.#calls.window(this.address, this.length);
  }

  /** Whether the memory was given back. */
  get isGone(): boolean {
    return isDetached(this.#header);
  }

  /** Whether the buffer of a window was transferred: others can still read the memory. */
  get isTaken(): boolean {
    return this.#wasTaken || this.#isTakenNow;
  }

  /** Detaches the views on the payload, and returns whether that was possible. */
  closeWindow(): boolean {
    if (this.#window && !closeWindow(this.#window)) return false;
    this.#window = undefined;
    return true;
  }

  /** Opens the window on the header again, after a failure to unmap has detached it. */
  reopen(): void {
    if (!this.isGone) return;
    this.#window = undefined;
    this.#header = this.#calls.window(this.address, HEADER_BYTES);
  }

  get #isTakenNow(): boolean {
    return !this.isGone && this.#window !== undefined &&
      isDetached(this.#window);
  }
}

/** The list of heap blocks, which refuses every call while `pending` is `INTERRUPTED`. */
interface Interruptible {
  /** Set to NaN before `pending` is: `free` asks nothing about the block allocated last. */
  latest: Address;
  /** What is pending; set without a call, which could fail for want of stack. */
  pending: number;
}

/** Notified when mapped blocks are made and freed. */
export interface MappingWatcher {
  /** A block was made. */
  afterMapping(block: MappedBlock): void;
  /** A block was freed. */
  afterUnmapping(block: MappedBlock): void;
}

/**
 * With this many mappings, their number is the likely reason for a refusal: a quarter of
 * what Linux allows a process by default.
 */
const MANY = 16_384;

/** Freed mappings that are remembered before the older half is forgotten. */
const MOST_REMEMBERED = 65_536;

/**
 * The mapped blocks of a heap, by the address of their payload.
 *
 * ```text
 *   mapping
 *  │ header │ payload …                       │ rest of the last page │
 * ```
 */
export class MappedBlocks {
  readonly #calls: SystemCalls;
  readonly #live: LiveCells;
  readonly #heap: Interruptible;
  readonly #blocks = new Map<Address, MappedBlock>();
  /** The blocks by every address in them. */
  readonly #index = new RangeIndex<MappedBlock>();
  /** Sizes of freed blocks by payload address, the oldest first. */
  #unmapped = new Map<Address, number>();
  /** Lengths of mappings without a block for which munmap failed, by address. */
  readonly #leftovers = new Map<Address, number>();
  /**
   * A mapping of which nobody knows whether it is still there; otherwise NaN. The stack
   * overflowed in the call of munmap, and memory of somebody else may be there by now. The
   * field is set without a function call, which could overflow the stack again.
   */
  #inDoubt: Address = NaN;
  /** Notified of every block, if the heap is watched. */
  watcher: MappingWatcher | undefined;
  #bytes = 0;

  /**
   * @param calls Makes the mappings.
   * @param live Counts live cells.
   * @param heap Refuses every call if a change of the mappings is interrupted.
   */
  constructor(calls: SystemCalls, live: LiveCells, heap: Interruptible) {
    this.#calls = calls;
    this.#live = live;
    this.#heap = heap;
  }

  /** How many mapped blocks there are. */
  get count(): number {
    return this.#blocks.size;
  }

  /** Bytes of payload of all mapped blocks. */
  get bytes(): number {
    return this.#bytes;
  }

  /** The end of a message about a refused mapping; empty unless there are very many. */
  get likelyRefusal(): string {
    if (this.count < MANY) return "";
    return `; this heap has ${this.count} mappings, and vm.max_map_count limits the ` +
      "mappings of a process (default: 65530): raise that limit with sysctl, or the " +
      "heap's mmapThreshold and callocThreshold, to get heap blocks instead";
  }

  /** Every mapped block, the oldest first. */
  [Symbol.iterator](): Iterator<MappedBlock> {
    return this.#blocks.values();
  }

  /** Returns the mapped block with this payload address. */
  find(payload: Address): MappedBlock | undefined {
    return this.#blocks.get(payload);
  }

  /** Returns the mapped block around an address, in its header or payload. */
  around(address: Address): MappedBlock | undefined {
    return this.#index.around(address);
  }

  /** Returns the freed mapped block that had this payload address. */
  unmapped(payload: Address): Block | undefined {
    const size = this.#unmapped.get(payload);
    if (size === undefined) return undefined;
    return { address: payload - HEADER_BYTES, payload, size, status: "mapped" };
  }

  /**
   * Makes a block.
   *
   * @param size Bytes of payload.
   * @returns The payload's address.
   * @throws {SystemCallError} If mmap fails.
   */
  map(size: number): Address {
    const length = HEADER_BYTES + size;
    let address: Address;
    try {
      address = this.#calls.map(length);
    } catch (error) {
      if (this.#calls.isMade) {
        this.#heap.latest = NaN;
        this.#heap.pending = INTERRUPTED;
      }
      throw error;
    }
    const { pending } = this.#heap;
    this.#heap.latest = NaN;
    this.#heap.pending = INTERRUPTED;
    const block = this.#open(address, size, pending);
    const { payload } = block;
    this.#blocks.set(payload, block);
    this.#index.add(block);
    this.#unmapped.delete(payload);
    this.#bytes += size;
    this.#live.add(size / CELL_BYTES);
    this.#heap.pending = pending;
    try {
      this.watcher?.afterMapping(block);
    } catch (error) {
      this.#heap.latest = NaN;
      this.#heap.pending = INTERRUPTED;
      throw error;
    }
    return payload;
  }

  /**
   * Frees a block and unmaps its memory, after its views are detached. Memory that was
   * given back already stays as it is, and so does memory whose buffer was transferred:
   * others can still read it.
   *
   * @throws {UsageError} If a view cannot be detached. The block is still live.
   * @throws {SystemCallError} If munmap fails. The block is still live.
   */
  unmap(block: MappedBlock): void {
    if (block.isGone || block.isTaken) return this.#forget(block);
    if (!block.closeWindow()) throw undetachable(block);
    try {
      this.#unmap(block.address, block.length, block);
    } catch (error) {
      if (this.#heap.pending !== INTERRUPTED) block.reopen();
      throw error;
    }
    this.#retryLeftovers();
  }

  /** Frees a block that no caller has seen. If munmap fails, it is tried again later. */
  discard(block: MappedBlock): void {
    const { pending } = this.#heap;
    this.#heap.latest = NaN;
    this.#heap.pending = INTERRUPTED;
    this.#leftovers.set(block.address, block.length);
    this.#forget(block);
    this.#heap.pending = pending;
    this.#retryLeftovers();
  }

  /**
   * Frees all blocks, and unmaps the leftovers. Memory of which a view cannot be detached
   * stays mapped.
   *
   * @throws {SystemCallError} If munmap fails. Blocks that were not freed are still live.
   */
  unmapAll(): void {
    this.#passOverDoubt();
    for (const block of this.#blocks.values()) {
      if (block.closeWindow()) this.#unmapUnlessTaken(block);
      else this.#forget(block);
    }
    this.#unmapLeftovers();
  }

  /**
   * Frees all blocks, also those for which munmap fails. Memory of which a view cannot be
   * detached stays mapped.
   *
   * @throws {SystemCallError} The first failure of munmap. The next call that unmaps tries
   * again.
   */
  clear(): void {
    for (const block of this.#blocks.values()) {
      const isKept = block.isGone || block.isTaken || !block.closeWindow();
      const { pending } = this.#heap;
      this.#heap.latest = NaN;
      this.#heap.pending = INTERRUPTED;
      if (!isKept) this.#leftovers.set(block.address, block.length);
      this.#forget(block);
      this.#heap.pending = pending;
    }
    this.#unmapLeftovers();
  }

  /** Forgets the freed blocks: the heap has ended. */
  letGo(): void {
    this.#unmapped.clear();
  }

  /** Frees a block. Its memory stays mapped if a window of somebody else shows it. */
  #unmapUnlessTaken(block: MappedBlock): void {
    try {
      this.unmap(block);
    } catch (error) {
      if (!isTaken(error)) throw error;
      this.#forget(block);
    }
  }

  /**
   * Opens the window on the header, and writes the header.
   *
   * @param pending What was pending before the mapping was made.
   */
  #open(address: Address, size: number, pending: number): MappedBlock {
    try {
      const block = new MappedBlock(this.#calls, address, size);
      const header = new DataView(block.header);
      header.setBigUint64(FIELD.size, BigInt(size), true);
      header.setInt32(FIELD.status, STATUS.mapped, true);
      return block;
    } catch (error) {
      this.#leftovers.set(address, HEADER_BYTES + size);
      this.#heap.pending = pending;
      this.#retryLeftovers();
      throw error;
    }
  }

  /**
   * Unmaps memory, and forgets that it was mapped.
   *
   * @param block The block in it; without it the mapping is a leftover.
   */
  #unmap(address: Address, length: number, block?: MappedBlock): void {
    this.#inDoubt = address;
    try {
      this.#calls.unmap(address, length);
    } catch (error) {
      // The stack may have overflowed after munmap. No function is called here, since that
      // could overflow the stack too. In a regular expression the error is a SyntaxError.
      const isOverflow = error instanceof SyntaxError ||
        error instanceof RangeError && error.constructor === RangeError;
      if (this.#calls.isMade || isOverflow) {
        this.#heap.latest = NaN;
        this.#heap.pending = INTERRUPTED;
      } else this.#inDoubt = NaN;
      throw error;
    }
    const { pending } = this.#heap;
    this.#heap.latest = NaN;
    this.#heap.pending = INTERRUPTED;
    if (block) this.#forget(block);
    else this.#leftovers.delete(address);
    this.#inDoubt = NaN;
    this.#heap.pending = pending;
  }

  /** Forgets the mapping in doubt, if there is one: it may be somebody else's by now. */
  #passOverDoubt(): void {
    const block = this.#blocks.get(this.#inDoubt + HEADER_BYTES);
    if (block) this.#forget(block);
    this.#leftovers.delete(this.#inDoubt);
    this.#inDoubt = NaN;
  }

  #forget(block: MappedBlock): void {
    const { pending } = this.#heap;
    this.#heap.latest = NaN;
    this.#heap.pending = INTERRUPTED;
    this.#blocks.delete(block.payload);
    this.#index.delete(block);
    this.#remember(block);
    this.#bytes -= block.size;
    this.#live.add(-block.size / CELL_BYTES);
    this.#heap.pending = pending;
    try {
      this.watcher?.afterUnmapping(block);
    } catch (error) {
      this.#heap.latest = NaN;
      this.#heap.pending = INTERRUPTED;
      throw error;
    }
  }

  /**
   * Remembers a freed block. The older half is forgotten at once when there are too many:
   * a map that loses its first entry again and again takes longer and longer to find it.
   */
  #remember({ payload, size }: MappedBlock): void {
    this.#unmapped.set(payload, size);
    if (this.#unmapped.size <= MOST_REMEMBERED) return;
    this.#unmapped = new Map([...this.#unmapped].slice(MOST_REMEMBERED / 2));
  }

  #retryLeftovers(): void {
    try {
      this.#unmapLeftovers();
    } catch {
      // The mapping stays a leftover, to be tried again.
    }
  }

  /**
   * Tries to unmap every leftover, and throws the first failure at the end; at once if that
   * leaves a mapping in doubt.
   */
  #unmapLeftovers(): void {
    const refusals: unknown[] = [];
    for (const [address, length] of this.#leftovers) {
      try {
        this.#unmap(address, length);
      } catch (error) {
        if (address === this.#inDoubt) throw error;
        if (isOfGoneMemory(error) || isTaken(error)) {
          this.#leftovers.delete(address);
        } else refusals.push(error);
      }
    }
    if (refusals.length > 0) throw refusals[0];
  }
}

/** Whether munmap failed because the memory was disposed of, with all of its mappings. */
function isOfGoneMemory(error: unknown): boolean {
  return error instanceof UsageError && error.code === "disposed";
}

/** Whether munmap was not called because a window on the mapping cannot be detached. */
function isTaken(error: unknown): boolean {
  return error instanceof UsageError && error.code === "buffer-taken";
}

function undetachable({ payload, size }: MappedBlock): UsageError {
  const block = { label: undefined, size, address: payload };
  return new UsageError(
    "buffer-taken",
    `Cannot give back the memory of ${
      describeBlock("block", block)
    }: the buffer of its views was marked ` +
      "as untransferable (markAsUntransferable of node:worker_threads), so the views " +
      "cannot be detached; the memory stays allocated. Mark a copy of the bytes instead",
  );
}
