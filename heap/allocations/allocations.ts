import {
  ArgumentError,
  notWhole,
  requireWhole,
} from "../../errors/argument_error.ts";
import { listSome, showValue } from "../../errors/messages.ts";
import { StackTrace } from "../../errors/stack_trace.ts";
import { UsageError } from "../../errors/usage_error.ts";
import type { Address } from "../../ffi/memory.ts";
import type { Contract } from "../contract.ts";
import type { LeakListener, StackRecording } from "../heap_options.ts";
import { CELL_BYTES, INTERRUPTED, NOTHING } from "../layout.ts";
import {
  Allocation,
  blockOf,
  type BlockProvider,
  type Ending,
  leaveGroup,
  type Lifetime,
  OwnedBlock,
  requireAlignment,
  requireLabel,
} from "./allocation.ts";

const GONE = "its memory was given back";
const DISPOSED = "it was disposed of";

/** What the allocations of a heap record, and the listener for leaks. */
interface AllocationsOptions {
  /** Which allocations note the calls that made them. */
  readonly recordStacks: StackRecording;
  /** Whether each allocation notes the calls that disposed of it, too. */
  readonly notesFrees: boolean;
  /** Called for each leaked allocation; without a listener a line is printed. */
  readonly onLeak: LeakListener | undefined;
  /** Called when an operation is announced: the memory must stay until it has settled. */
  readonly keepMemory: () => void;
}

/** All of so many first allocations of a heap are watched. */
const FIRST_WATCHED = 1000;

/** One in so many later allocations is watched. */
const SHARE_WATCHED = 64;

/**
 * Chooses the allocations that are watched: they note the calls that made them, and are
 * reported if they are collected without being disposed of. To watch one takes twelve times
 * as long as to make it, and a leak that matters happens often enough to be among those
 * chosen. So the first are watched, for the sake of small programs, and then a share.
 */
class Sample {
  /** How many more are watched whatever their place. */
  #first: number;
  /** How many more are not watched before the next that is. */
  #gap = 0;

  constructor(recordStacks: StackRecording) {
    this.#first = recordStacks === "all" ? Infinity : FIRST_WATCHED;
  }

  /** Whether the next allocation is watched. */
  takesNext(): boolean {
    if (this.#first > 0) {
      this.#first--;
      return true;
    }
    if (this.#gap > 0) {
      this.#gap--;
      return false;
    }
    // At random, or a loop with 64 allocations a turn would show just one of them.
    this.#gap = Math.floor(Math.random() * (2 * SHARE_WATCHED - 1));
    return true;
  }
}

/**
 * The allocations of a heap: obtains and frees the blocks that they own, and finds every
 * live allocation.
 */
export class Allocations implements BlockProvider {
  readonly #contract: Contract;
  readonly #options: AllocationsOptions;
  readonly #sample: Sample;
  #lifetime: Lifetime = {};
  /** The blocks on which announced operations run. */
  readonly #busy = new Set<OwnedBlock>();

  /**
   * @param contract Allocates and frees the blocks.
   * @param options What to record, and the listener for leaks.
   */
  constructor(contract: Contract, options: AllocationsOptions) {
    this.#contract = contract;
    this.#options = options;
    this.#sample = new Sample(options.recordStacks);
  }

  /** The lifetime of the scopes that are made now. */
  get lifetime(): Lifetime {
    return this.#lifetime;
  }

  /**
   * Allocates a block, and makes the allocation that owns the block. The options come one
   * by one: their object was read once, before the heap was asked whether it is open.
   *
   * @throws {ArgumentError} If the size, the alignment or the label is invalid.
   * @throws {OutOfMemoryError} If the system refuses memory.
   */
  allocate(
    size: number,
    align = CELL_BYTES,
    label: string | undefined = undefined,
    zero = false,
  ): Allocation {
    const isSize = Number.isSafeInteger(size) && size >= 0;
    if (!isSize) throw notWhole("allocate", "size", size);
    if (align !== CELL_BYTES) requireAlignment(align);
    if (label !== undefined) requireLabel(label);
    const alignment = Math.max(align, CELL_BYTES);
    const contract = this.#contract;
    const { list, liveCells } = contract;
    list.completeFree();
    const before = liveCells.cells;
    let allocation: Allocation | undefined;
    try {
      const address = contract.allocate(Math.max(size, 1), alignment, label);
      if (zero) this.#zero(address, size);
      const isWatched = this.#sample.takesNext();
      const block = new OwnedBlock(this, {
        address,
        size,
        alignment,
        isZeroed: zero,
        label,
        trace: isWatched ? this.#noteStack() : undefined,
        isWatched,
      });
      contract.own(address, block);
      return allocation = new Allocation(block, this.#options.onLeak);
    } finally { // nobody could free a block without its allocation
      const isLost = !allocation && liveCells.cells !== before;
      if (isLost) {
        list.latest = NaN;
        list.pending = INTERRUPTED;
      }
    }
  }

  openWindow(block: OwnedBlock): ArrayBuffer {
    this.#requireMemory(block, "show");
    return this.#contract.window(block.address, block.size);
  }

  resize(block: OwnedBlock, size: number): void {
    block.requireLive("resize");
    requireWhole("resize an allocation", "size", size);
    this.#requireMemory(block, "resize");
    block.requireIdle("resize"); // whatever the size, so that the mistake shows at once
    const before = block.size;
    if (size === before) return;
    this.#contract.requireIdle();
    block.detach("resize");
    const contract = this.#contract;
    const { list } = contract;
    const address = contract.resizeOwned(
      block.address,
      Math.max(size, 1),
      block.alignment,
    );
    list.latest = NaN;
    list.pending = INTERRUPTED; // until the allocation knows the place
    block.move(address, before);
    list.pending = NOTHING;
    if (block.isZeroed && size > before) contract.zero(address, before, size);
    block.move(address, size);
  }

  release(block: OwnedBlock, ending?: Ending): void {
    if (block.isWaiting && !block.isBusy) return this.releaseLate(block);
    if (block.isEnded) return;
    const isGone = this.#contract.isGone(block.address);
    if (isGone) return block.end(ending ?? this.#endingOfOne(GONE));
    this.#contract.requireIdle();
    block.detach("free");
    if (block.isBusy) {
      return block.end(ending ?? this.#endingOfOne(DISPOSED), true);
    }
    const { list } = this.#contract;
    try {
      this.#contract.freeOwned(block.address);
    } finally { // a debug heap throws what it found after it has freed the block
      const { pending } = list;
      list.latest = NaN;
      list.pending = INTERRUPTED; // until the allocation knows that its block is free
      if (!this.#contract.isOwnedBy(block.address, block)) {
        block.end(ending ?? this.#endingOfOne(DISPOSED));
      }
      list.pending = pending;
    }
  }

  releaseLate(block: OwnedBlock): void {
    try {
      if (this.#isStillThere(block)) this.#contract.freeOwned(block.address);
    } finally {
      if (!this.#isStillThere(block)) block.endWaiting();
    }
  }

  begin(block: OwnedBlock): void {
    this.#options.keepMemory();
    this.#busy.add(block);
  }

  finish(block: OwnedBlock): void {
    this.#busy.delete(block);
  }

  /**
   * Refuses an action that would take memory from announced operations.
   *
   * @param action The refused action, such as `"reset this heap"`.
   * @param remedy What to do instead.
   * @throws {UsageError} If an announced operation still runs.
   */
  requireNoneBusy(
    action: string,
    remedy = "await the promises that during() returned first",
  ): void {
    if (this.#busy.size === 0) return;
    const blocks = Array.from(this.#busy, (block) => block.describe());
    throw new UsageError(
      "in-use",
      `Cannot ${action}: announced operations still use ${
        listSome(blocks)
      }; ${remedy}`,
    );
  }

  /**
   * Resolves when no announced operation runs, those included that start meanwhile.
   *
   * @returns The errors of the late frees.
   */
  async idle(): Promise<unknown[]> {
    const errors: unknown[] = [];
    while (this.#busy.size > 0) {
      const settled = Array.from(this.#busy, (block) => block.settled());
      for (const outcome of await Promise.allSettled(settled)) {
        if (outcome.status === "rejected") errors.push(outcome.reason);
      }
    }
    return errors;
  }

  /**
   * Gives the block of an allocation to another owner. The allocation ends.
   *
   * @param allocation An allocation of this heap.
   * @param give Gives the block its new owner, and marks the list as changing.
   * @returns What `give` returned.
   */
  handOver<Result>(
    allocation: Allocation,
    give: (block: OwnedBlock) => Result,
  ): Result {
    const block = this.#blockOf(allocation);
    block.requireLive("transfer");
    this.#contract.requireIdle();
    this.#requireMemory(block, "transfer");
    block.requireIdle("transfer");
    block.detach("transfer");
    const result = give(block);
    const what = "it was transferred to another isolate";
    block.end({ ...this.#endingOfOne(what), code: "transferred" });
    leaveGroup(allocation);
    this.#contract.list.pending = NOTHING; // `give` has marked the list
    return result;
  }

  /**
   * Detaches the views of all allocations, before the memory of all is freed.
   *
   * @param action The refused action, such as `"reset this heap"`.
   * @throws {UsageError} If the buffer of an allocation was transferred, or cannot be
   * detached. Nothing is freed.
   */
  detachAll(action: string): void {
    const blocks = [...this.#live()].filter((block) =>
      !this.#contract.isGone(block.address)
    );
    for (const block of blocks) block.requireNotTaken(`${action} with`);
    for (const block of blocks) block.detach(`${action} with`);
  }

  /** Ends the allocations whose memory was given back. The heap stays in use. */
  endGone(): void {
    const ending = this.makeEnding(GONE);
    for (const block of this.#live()) {
      if (this.#contract.isGone(block.address)) block.end(ending);
    }
  }

  /** Ends every allocation and scope, before or after the heap frees all blocks. */
  endAll(what: string): void {
    const ending = this.makeEnding(what);
    for (const block of this.#live()) block.end(ending);
    this.#lifetime.ending = ending;
    this.#lifetime = {};
  }

  /** Makes an ending that is caused by the current call. */
  makeEnding(what: string): Ending {
    return { code: "disposed", what, trace: this.#noteStack() };
  }

  #noteStack(): StackTrace | undefined {
    return this.#options.recordStacks === "none" ? undefined : new StackTrace();
  }

  /**
   * Makes the ending of one allocation. A stack trace would double the time of disposing,
   * so that only some heaps record it.
   */
  #endingOfOne(what: string): Ending {
    return this.#options.notesFrees
      ? this.makeEnding(what)
      : { code: "disposed", what, trace: undefined };
  }

  /** The blocks of all live allocations. */
  *#live(): Generator<OwnedBlock> {
    for (const owner of this.#contract.allOwners()) {
      if (owner instanceof OwnedBlock && !owner.isEnded) yield owner;
    }
  }

  /** Fills a new block with zeros. If that fails, the block is freed. */
  #zero(address: Address, size: number): void {
    try {
      this.#contract.zero(address, 0, size);
    } catch (error) {
      this.#contract.giveUp(address);
      throw error;
    }
  }

  /** Whether a block is still live, and no other block is at its address. */
  #isStillThere(block: OwnedBlock): boolean {
    return this.#contract.isStillOwned(block.address, block);
  }

  /** Returns the block of an allocation of this heap, and refuses anything else. */
  #blockOf(allocation: Allocation): OwnedBlock {
    const block = allocation instanceof Allocation && blockOf(allocation);
    if (!block) {
      throw new ArgumentError(
        `Cannot transfer ${
          showValue(allocation)
        }: expected an Allocation of this heap`,
      );
    }
    if (block.isFrom(this)) return block;
    throw new UsageError(
      "not-owner",
      `Cannot transfer ${block.summary()}: this heap did not allocate it; ask the heap ` +
        "that did",
    );
  }

  /** Refuses a block whose memory was given back. */
  #requireMemory(block: OwnedBlock, action: string): void {
    if (!this.#contract.isGone(block.address)) return;
    throw new UsageError(
      "memory-gone",
      `Cannot ${action} ${block.describe()}: its memory was given back; allocate again`,
    );
  }
}
