import {
  ArgumentError,
  notWhole,
  requireWhole,
} from "../../errors/argument_error.ts";
import { showValue } from "../../errors/messages.ts";
import { StackTrace } from "../../errors/stack_trace.ts";
import { UsageError } from "../../errors/usage_error.ts";
import type { Contract } from "../contract.ts";
import type { LeakListener } from "../heap_options.ts";
import { CELL_BYTES, INTERRUPTED, NOTHING } from "../layout.ts";
import {
  Allocation,
  type AllocationOptions,
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
  /** Whether to record where allocations are made, and where many end at once. */
  readonly notesStacks: boolean;
  /** Whether to record where each allocation is disposed of, too. */
  readonly notesFrees: boolean;
  /** Called for each leaked allocation; without a listener a line is printed. */
  readonly onLeak: LeakListener | undefined;
}

/**
 * The allocations of a heap: obtains and frees the blocks that they own, and finds every
 * live allocation.
 */
export class Allocations implements BlockProvider {
  readonly #contract: Contract;
  readonly #options: AllocationsOptions;
  #lifetime: Lifetime = {};

  /**
   * @param contract Allocates and frees the blocks.
   * @param options What to record, and the listener for leaks.
   */
  constructor(contract: Contract, options: AllocationsOptions) {
    this.#contract = contract;
    this.#options = options;
  }

  /** The lifetime of the scopes that are made now. */
  get lifetime(): Lifetime {
    return this.#lifetime;
  }

  /**
   * Allocates a block, and makes the allocation that owns the block.
   *
   * @throws {ArgumentError} If the size, the alignment or the label is invalid.
   * @throws {OutOfMemoryError} If the system refuses memory.
   */
  allocate(size: number, options: AllocationOptions): Allocation {
    const isSize = Number.isSafeInteger(size) && size >= 0;
    if (!isSize) throw notWhole("allocate", "size", size);
    const { align = CELL_BYTES, label, zero = false } = options;
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
      if (zero) contract.zero(address, 0, size);
      const { notesStacks, onLeak } = this.#options;
      const block = new OwnedBlock(this, {
        address,
        size,
        alignment,
        isZeroed: zero,
        label,
        trace: notesStacks ? new StackTrace() : undefined,
      });
      contract.own(address, block);
      return allocation = new Allocation(block, onLeak);
    } finally { // nobody could free a block without its allocation
      const isLost = !allocation && liveCells.cells !== before;
      if (isLost) list.pending = INTERRUPTED;
    }
  }

  openWindow(block: OwnedBlock): ArrayBuffer {
    this.#requireMemory(block, "show");
    return this.#contract.window(block.address, block.size);
  }

  resize(block: OwnedBlock, size: number): void {
    block.requireLive("resize");
    requireWhole("resize an allocation", "size", size);
    const before = block.size;
    if (size === before) return;
    this.#requireMemory(block, "resize");
    block.requireNotTaken("resize");
    const { list } = this.#contract;
    const address = this.#contract.resizeOwned(
      block.address,
      Math.max(size, 1),
      block.alignment,
    );
    list.pending = INTERRUPTED; // until the allocation knows the size and the place
    block.move(address, size);
    if (block.isZeroed && size > before) {
      this.#contract.zero(address, before, size);
    }
    list.pending = NOTHING;
  }

  release(block: OwnedBlock, ending?: Ending): void {
    if (block.isEnded) return;
    const isGone = this.#contract.isGone(block.address);
    if (!isGone) block.requireNotTaken("free");
    const { list } = this.#contract;
    try {
      if (!isGone) this.#contract.freeOwned(block.address);
    } finally { // a debug heap throws what it found after it has freed the block
      const { pending } = list;
      list.pending = INTERRUPTED; // until the views on freed memory are detached
      if (isGone || !this.#contract.isOwned(block.address)) {
        block.end(ending ?? this.#endingOfOne(isGone ? GONE : DISPOSED));
      }
      list.pending = pending;
    }
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
    block.requireNotTaken("transfer");
    const result = give(block);
    const what = "it was transferred to another isolate";
    block.end({ ...this.#endingOfOne(what), code: "transferred" });
    leaveGroup(allocation);
    this.#contract.list.pending = NOTHING; // `give` has marked the list
    return result;
  }

  /**
   * Refuses to free memory that others can still read.
   *
   * @param action The refused action, such as `"reset this heap"`.
   * @throws {UsageError} If the buffer of an allocation was transferred.
   */
  requireNoneTaken(action: string): void {
    for (const block of this.#live()) {
      if (this.#contract.isGone(block.address)) continue;
      block.requireNotTaken(`${action} with`);
    }
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
    const trace = this.#options.notesStacks ? new StackTrace() : undefined;
    return { code: "disposed", what, trace };
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
