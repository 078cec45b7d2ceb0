import { ArgumentError, requireWhole } from "../errors/argument_error.ts";
import { isOfAnotherIsolate } from "../ffi/system.ts";
import type { Address } from "../ffi/memory.ts";
import { RecyclingMap } from "../collections/recycling_map.ts";
import {
  formatAddress,
  named,
  numberRemedy,
  showValue,
} from "../errors/messages.ts";
import { OutOfMemoryError, SystemCallError } from "../errors/system_errors.ts";
import { UsageError } from "../errors/usage_error.ts";
import {
  type Block,
  CELL_BYTES,
  cellsFor,
  HEADER_BYTES,
  isLive,
  NO_BLOCK,
  roundUp,
} from "./layout.ts";
import type { BlockList } from "./list/block_list.ts";
import type { ListedBlock } from "./list/block_records.ts";
import { checkBlocks, checkMappings } from "./inspection/check.ts";
import type { HeapPolicy } from "./heap_options.ts";
import type { FreeMemory, HeapStats } from "./heap_stats.ts";
import {
  type BlockHolder,
  invalidPointer,
  type InvalidPointerError,
} from "./inspection/invalid_pointer.ts";
import { type MappedBlock, MappedBlocks } from "./source/mapped_blocks.ts";
import type { LiveBlock } from "./leaks/leak_report.ts";
import { openBlockList } from "./list/open_block_list.ts";
import { SpanLimitError } from "./source/program_break.ts";
import type { System } from "./source/system_calls.ts";
import { Tally } from "./source/live_cells.ts";

const NULL: Address = 0;

/** Payloads of mappings are multiples of this: the page's start, and a header. */
const MAPPED_ALIGNMENT = 32;

/**
 * The heaps of this isolate, held weakly, so that a pointer given to the wrong
 * one can be told from a pointer that never was.
 */
class Registry<Member extends WeakKey> {
  readonly #members = new Map<number, WeakRef<Member>>();
  readonly #collected = new FinalizationRegistry<number>((key) =>
    this.#members.delete(key)
  );
  #nextKey = 0;

  /**
   * Adds a member until it is collected or removed.
   *
   * @returns A function that removes it.
   */
  add(member: Member): () => void {
    const key = this.#nextKey++;
    this.#members.set(key, new WeakRef(member));
    this.#collected.register(member, key);
    return () => this.#members.delete(key);
  }

  /** The first answer that a member gives; asks one after the other. */
  ask<Answer>(
    question: (member: Member) => Answer | undefined,
  ): Answer | undefined {
    for (const reference of this.#members.values()) {
      const member = reference.deref();
      const answer = member && question(member);
      if (answer !== undefined) return answer;
    }
    return undefined;
  }
}

const all = new Registry<Blocks>();

/**
 * The blocks of a heap, on the list and in mappings, and the contract for all calls
 * that {@linkcode [heap.ts].Heap | Heap} does not answer from the list at once.
 *
 * A block can be held: then only its holder frees or resizes it, and the calls of the
 * contract refuse its address. On the list it is told by its tag, so that `malloc` and
 * `free` need not ask.
 */
export class Blocks {
  /** The heap blocks. */
  readonly list: BlockList;
  /** The mapped blocks. */
  readonly mappings: MappedBlocks;
  /** How blocks are chosen, and from which size on they are mappings. */
  readonly policy: HeapPolicy;
  /** Who holds a block, by its payload's address. */
  protected readonly holders = new RecyclingMap<BlockHolder>();
  readonly #system: System;
  readonly #tally = new Tally();
  readonly #unregister: () => void;

  /**
   * @param system Where memory comes from.
   * @param policy How blocks are chosen, split and merged, and the break raised.
   * @param openList Makes the list of heap blocks.
   */
  constructor(system: System, policy: HeapPolicy, openList = openBlockList) {
    this.#system = system;
    this.policy = policy;
    this.list = openList(system, this.#tally, policy);
    this.mappings = new MappedBlocks(system, this.#tally);
    this.#unregister = all.add(this);
  }

  /** malloc(). */
  malloc(size: number): Address {
    requireWhole("malloc", "size", size);
    if (size === 0) return NULL;
    try {
      return this.obtain(size, this.#isMapped(size));
    } catch (error) {
      throw this.#explained(error, `malloc(${size})`);
    }
  }

  /** calloc(). */
  calloc(nmemb: number, size: number): Address {
    requireWhole("calloc", "nmemb", nmemb);
    requireWhole("calloc", "size", size);
    if (nmemb === 0 || size === 0) return NULL;
    const total = nmemb * size;
    if (total > Number.MAX_SAFE_INTEGER) {
      throw new OutOfMemoryError(
        `calloc(${nmemb}, ${size})`,
        `${total} bytes are more than any memory has`,
      );
    }
    try {
      const address = this.obtain(
        total,
        reaches(total, this.policy.callocThreshold),
      );
      if (address === this.list.latest) this.list.zeroLatest();
      return address;
    } catch (error) {
      throw this.#explained(error, `calloc(${nmemb}, ${size})`);
    }
  }

  /** realloc() of what is not NULL. */
  realloc(address: Address, size: number): Address {
    const cell = this.list.find(address);
    const mapping = cell === NO_BLOCK ? this.#findMapping(address) : undefined;
    if (cell === NO_BLOCK && !mapping) {
      if (this.#isFree(address)) return NULL;
      throw this.invalid("realloc", address);
    }
    if (size === 0) {
      this.free(address);
      return NULL;
    }
    try {
      return mapping
        ? this.resizeMapping(mapping, size)
        : this.resizeListed(cell, size);
    } catch (error) {
      throw this.#explained(
        error,
        `realloc(${formatAddress(address)}, ${size})`,
      );
    }
  }

  /** free(). */
  free(address: Address): void {
    if (address === NULL || this.list.release(address)) return;
    const mapping = this.#findMapping(address);
    if (!mapping) throw this.invalid("free", address);
    this.mappings.unmap(mapping);
  }

  /**
   * Allocates a block whose payload starts at a multiple of `alignment`. To more than
   * 32 bytes only blocks of the list can be aligned, so there it makes no mapping.
   *
   * @param size Bytes, more than 0.
   * @param alignment Bytes, a power of two.
   * @param label What the user calls it, for the error if memory is refused.
   */
  allocateAligned(size: number, alignment: number, label?: string): Address {
    try {
      return this.obtain(size, this.#isMapped(size, alignment), alignment);
    } catch (error) {
      throw this.#explained(
        error,
        `allocate(${size}, { align: ${alignment} })${
          label === undefined ? "" : ` of${named(label)}`
        }`,
      );
    }
  }

  /** Whether the memory under a live block was given back. */
  isGone(address: Address): boolean {
    const mapping = this.mappings.find(address);
    if (mapping) return mapping.isGone;
    return this.list.isGone || this.list.findLive(address) === NO_BLOCK;
  }

  /** Whether any of the memory was given back from under its blocks. */
  get isMemoryGone(): boolean {
    if (this.list.isGone) return true;
    for (const mapping of this.mappings) if (mapping.isGone) return true;
    return false;
  }

  /** Refuses a heap whose memory was given back. */
  protected requireMemory(action: string): void {
    if (!this.isMemoryGone) return;
    throw new UsageError(
      "memory-gone",
      `Cannot ${action} this heap: its memory was given back; make a new one`,
    );
  }

  /** Gives a live block to a holder: from now on only that frees or resizes it. */
  hold(address: Address, holder: BlockHolder): void {
    this.holders.set(address, holder);
    this.list.hold(address);
  }

  /** Frees a block that is held; if the system refuses it is held as before. */
  freeHeld(address: Address): void {
    this.#system.requireIdle();
    const holder = this.#unhold(address);
    try {
      this.free(address);
    } catch (error) {
      if (this.isLive(address)) this.hold(address, holder);
      throw error;
    }
  }

  /** Whether a block is held by this holder. */
  isHeldBy(address: Address, holder: BlockHolder): boolean {
    return this.holders.get(address) === holder;
  }

  /** Whether a block is held. */
  isHeld(address: Address): boolean {
    return this.holders.has(address);
  }

  /**
   * Gives a held block another size, keeping its alignment and its content.
   *
   * @param address Its payload.
   * @param size Bytes, more than 0.
   * @param alignment Bytes, a power of two.
   * @returns Its payload, which may be elsewhere. If memory is refused it is as it was.
   */
  resizeHeld(address: Address, size: number, alignment: number): Address {
    this.#system.requireIdle();
    this.list.settle();
    const holder = this.holders.get(address)!;
    try {
      if (this.resizeInPlace(address, size, alignment)) return address;
      const target = this.move(address, size, alignment);
      this.hold(target, holder);
      return target;
    } catch (error) {
      const subject = holder.describe();
      throw this.#explained(error, `resize(${size}) of ${subject}`);
    }
  }

  /**
   * Bytes of payload of a live block.
   *
   * @param action What was to be done, as in `"take the usableSize of"`.
   */
  usableSize(address: Address, action: string): number {
    const cell = this.list.findLive(address);
    if (cell !== NO_BLOCK) return this.list.size(cell) * CELL_BYTES;
    const mapping = this.mappings.find(address);
    if (!mapping) throw this.invalid(action, address);
    return mapping.size;
  }

  /** A live view of a block's payload, part of the heap's own window. */
  bytes(address: Address, length?: number): Uint8Array<ArrayBuffer> {
    const action = "take the bytes of";
    if (this.holders.has(address)) throw this.invalid(action, address);
    const size = this.usableSize(address, action);
    const shown = length ?? size;
    if (!Number.isSafeInteger(shown) || shown < 0 || shown > size) {
      throw new ArgumentError(
        `Cannot show ${
          showValue(shown)
        } bytes of a block: expected a whole number up ` +
          `to its ${size}${numberRemedy(shown)}`,
      );
    }
    return this.payload(address, shown);
  }

  /** A window of its own on a payload, for whoever must be able to close it. */
  window(address: Address, length: number): ArrayBuffer {
    return this.#system.window(address, length);
  }

  /** Fills a part of a live block with zeros. */
  zero(address: Address, start: number, end: number): void {
    this.payload(address, end).fill(0, start);
  }

  /** Every block: those of the list in address order, then mappings. */
  *[Symbol.iterator](): Generator<Block> {
    for (const block of this.list) yield this.#describeListed(block);
    for (const mapping of this.mappings) yield describeMapped(mapping);
  }

  /** Counts and bytes as they are now. */
  stats(): HeapStats {
    const { list, mappings } = this;
    const blocks = list.blockCount + mappings.count;
    return {
      liveBlocks: list.liveBlocks + mappings.count,
      liveBytes: this.#tally.cells * CELL_BYTES,
      mappedBlocks: mappings.count,
      mappedBytes: mappings.bytes,
      freeBlocks: list.blockCount - list.liveBlocks,
      ...this.freeMemory(),
      headerBytes: blocks * HEADER_BYTES,
      footprintBytes: this.#system.footprintBytes,
      peakLiveBytes: this.#tally.peakCells * CELL_BYTES,
      peakFootprintBytes: this.#system.peakFootprintBytes,
      systemCalls: this.#system.calls,
      tableBytes: list.tableBytes,
      steps: list.steps,
    };
  }

  /** Free memory as it is now. */
  freeMemory(): FreeMemory {
    const { list } = this;
    const headerBytes = list.blockCount * HEADER_BYTES;
    const liveBytes = this.#tally.cells * CELL_BYTES - this.mappings.bytes;
    return {
      freeBytes: list.cells * CELL_BYTES - headerBytes - liveBytes,
      largestFreeBytes: list.largestFree * CELL_BYTES,
    };
  }

  /** Checks every invariant. */
  check(): void {
    this.requireMemory("check");
    const mapped = this.mappings.bytes / CELL_BYTES;
    checkBlocks(this.list, this.#tally.cells - mapped);
    checkMappings(this.mappings);
  }

  /**
   * Refuses a change from inside a call of the heap's memory.
   *
   * @throws {UsageError} If the system is being asked for memory.
   */
  requireIdle(): void {
    this.#system.requireIdle();
  }

  /**
   * Refuses a reset that somebody who looks on could not follow.
   *
   * @throws {UsageError} If the system is being asked for memory, or is watched.
   */
  requireResettable(): void {
    this.#system.requireIdle();
    if (!this.#system.watcher) return;
    throw new UsageError(
      "in-use",
      "Cannot reset this heap while it is recorded: a recording knows single frees " +
        "only; dispose of the recording first",
    );
  }

  /**
   * Frees every block at once, held ones too: their holders must have let go before.
   *
   * @throws {SystemCallError} If the system refuses to take a mapping back. All blocks
   * are free then as well; it is asked again by the next call.
   */
  reset(): void {
    this.holders.clear();
    this.list.clear();
    this.mappings.clear();
  }

  /** Gives mappings back, and ends every search for a block. */
  close(): void {
    this.mappings.unmapAll();
    this.list.close();
    this.#unregister();
  }

  /**
   * Every live block. Where one was allocated is known if an
   * {@linkcode [holding/allocation.ts].Allocation | Allocation} holds it.
   */
  *live(): Generator<LiveBlock> {
    for (const { payload, size, status } of this) {
      if (status === "free") continue;
      const holder = this.holders.get(payload);
      yield {
        address: payload,
        size: holder?.size ?? size,
        label: holder?.label,
        trace: holder?.trace,
        identity: holder ?? payload,
      };
    }
  }

  /**
   * A new block, on the list or a mapping of its own.
   *
   * @param size Bytes, more than 0.
   * @param isMapped Whether it is to be a mapping.
   * @param alignment Bytes, a power of two; of a mapping up to 32.
   */
  protected obtain(
    size: number,
    isMapped: boolean,
    alignment = CELL_BYTES,
  ): Address {
    return isMapped
      ? this.mappings.map(roundUp(size))
      : this.#allocateOnList(cellsFor(size), alignment / CELL_BYTES);
  }

  /** Whether malloc() of so many bytes makes a mapping, and that is aligned enough. */
  #isMapped(size: number, alignment = CELL_BYTES): boolean {
    return alignment <= MAPPED_ALIGNMENT &&
      reaches(size, this.policy.mmapThreshold);
  }

  /** Whether a live block starts here. */
  protected isLive(address: Address): boolean {
    return this.list.findLive(address) !== NO_BLOCK ||
      this.mappings.find(address) !== undefined;
  }

  /**
   * A block of the list, for which the break is raised where no free one suffices.
   *
   * @param cells Cells of payload.
   * @param alignment In cells.
   */
  #allocateOnList(cells: number, alignment: number): Address {
    const { list } = this;
    const find = () =>
      alignment === 1
        ? list.allocate(cells)
        : list.allocateAligned(cells, alignment);
    let cell = find();
    while (cell === NO_BLOCK) {
      list.grow(alignment === 1 ? cells : list.mostFor(cells, alignment));
      cell = find();
    }
    return list.payloadOf(cell);
  }

  /** Resizes a heap block, in the order that the contract gives. */
  protected resizeListed(cell: number, size: number): Address {
    const list = this.list;
    const payload = list.headers.addressOf(cell) + HEADER_BYTES;
    if (this.#isMapped(size)) return this.#moveListed(cell, size);
    return list.resize(cell, cellsFor(size))
      ? payload
      : this.#moveListed(cell, size);
  }

  /** Moves a mapping: the new block is obtained first, given up on failure. */
  protected resizeMapping(mapping: MappedBlock, size: number): Address {
    return this.move(mapping.payload, size);
  }

  /** Lets everyone free a block again that was held. */
  #unhold(address: Address): BlockHolder {
    this.list.settle();
    const holder = this.holders.get(address)!;
    this.holders.delete(address);
    this.list.unhold(address);
    return holder;
  }

  /** Whether a block has `size` bytes now, or more, where it is. */
  protected resizeInPlace(
    address: Address,
    size: number,
    alignment: number,
  ): boolean {
    const rounded = roundUp(size);
    const cell = this.list.findLive(address);
    if (cell === NO_BLOCK) return this.mappings.find(address)?.size === rounded;
    if (this.#isMapped(size, alignment)) return false;
    return this.list.resize(cell, cellsFor(rounded));
  }

  /** Moves a block to one of `size` bytes that is aligned: that is obtained first. */
  protected move(
    address: Address,
    size: number,
    alignment = CELL_BYTES,
  ): Address {
    const kept = Math.min(size, this.usableSize(address, "resize"));
    const target = this.obtain(
      size,
      this.#isMapped(size, alignment),
      alignment,
    );
    this.#copy(address, target, kept);
    const holder = this.isHeld(address) ? this.#unhold(address) : undefined;
    try {
      this.release(address);
    } catch (error) {
      if (holder) this.hold(address, holder);
      this.giveUp(target);
      throw error;
    }
    return target;
  }

  /** Moves a heap block: the new one is obtained first. */
  #moveListed(cell: number, size: number): Address {
    const target = this.obtain(size, this.#isMapped(size));
    const address = this.list.payloadOf(cell);
    const kept = Math.min(roundUp(size), this.list.size(cell) * CELL_BYTES);
    this.#copy(address, target, kept);
    this.list.release(address);
    return target;
  }

  /** Copies `length` bytes of payload from one live block to another. */
  #copy(from: Address, to: Address, length: number): void {
    const source = this.list.findLive(from);
    const target = this.list.findLive(to);
    if (source !== NO_BLOCK && target !== NO_BLOCK) {
      this.list.headers.copy(source, target, length);
    } else {
      this.payload(to, length).set(this.payload(from, length));
    }
  }

  /** Frees a live block that nobody holds. */
  protected release(address: Address): void {
    if (this.list.release(address)) return;
    this.mappings.unmap(this.mappings.find(address)!);
  }

  /** Releases a block that the caller never saw. */
  protected giveUp(address: Address): void {
    const mapping = this.mappings.find(address);
    if (mapping) this.mappings.discard(mapping);
    else this.list.release(address);
  }

  /** A mapping that nobody holds. */
  #findMapping(address: Address): MappedBlock | undefined {
    return this.holders.has(address) ? undefined : this.mappings.find(address);
  }

  /** The first bytes of a live block, as part of the heap's own window. */
  protected payload(address: Address, length: number): Uint8Array<ArrayBuffer> {
    const mapping = this.mappings.find(address);
    return mapping
      ? new Uint8Array(mapping.window, HEADER_BYTES, length)
      : this.list.headers.payload(this.list.findLive(address), length);
  }

  #isFree(address: Address): boolean {
    if (!Number.isSafeInteger(address)) return false;
    const block = this.list.around(address);
    return block !== undefined && !isLive(block.state);
  }

  /** Says why an address is not a live block that everyone may free. */
  protected invalid(action: string, address: Address): InvalidPointerError {
    const block = this.around(address);
    const gone = this.mappings.gone(address);
    const foreign = all.ask((blocks) =>
      blocks === this ? undefined : blocks.around(address)
    );
    const isKnown = block !== undefined || gone !== undefined || foreign;
    return invalidPointer(action, address, {
      holder: this.holders.get(address),
      block,
      gone,
      foreign,
      isOfAnotherIsolate: !isKnown && isOfAnotherIsolate(address),
    });
  }

  /** The block that was handed out here, or is free since. */
  around(address: Address): Block | undefined {
    const listed = this.list.around(address);
    if (listed && this.#isTouched(listed, address)) {
      return this.#describeListed(listed);
    }
    const mapping = this.mappings.around(address);
    return mapping && describeMapped(mapping);
  }

  /** Whether an address was part of a block that was handed out, now or before. */
  #isTouched({ state }: ListedBlock, address: Address): boolean {
    return isLive(state) || address < this.list.untouchedFrom;
  }

  #describeListed({ cell, size, state }: ListedBlock): Block {
    const address = this.list.headers.addressOf(cell);
    return {
      address,
      payload: address + HEADER_BYTES,
      size: size * CELL_BYTES,
      status: isLive(state) ? "allocated" : "free",
    };
  }

  /** A refused growth becomes an error that names the request; all else stays. */
  #explained(error: unknown, request: string): unknown {
    if (error instanceof SpanLimitError) {
      return new OutOfMemoryError(request, error.message);
    }
    if (!(error instanceof SystemCallError) || error.syscall === "munmap") {
      return error;
    }
    const why = error.syscall === "mmap" ? this.mappings.likelyRefusal : "";
    return new OutOfMemoryError(request, error.message + why, error);
  }
}

/** Whether a block of so many bytes is as large as a threshold, header included. */
function reaches(size: number, threshold: number): boolean {
  return roundUp(size) + HEADER_BYTES >= threshold;
}

function describeMapped({ address, payload, size }: MappedBlock): Block {
  return { address, payload, size, status: "mapped" };
}
