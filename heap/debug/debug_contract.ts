import { SystemCallError } from "../../errors/system_errors.ts";
import type { Address } from "../../ffi/memory.ts";
import { Contract } from "../contract.ts";
import type { LiveBlock } from "../leaks/leak_report.ts";
import type { CorruptionError } from "../../errors/corruption_error.ts";
import type { HeapPolicy } from "../heap_options.ts";
import { StackTrace } from "../../errors/stack_trace.ts";
import {
  type BlockOwner,
  InvalidPointerError,
} from "../inspection/invalid_pointer.ts";
import { CELL_BYTES, HEADER_BYTES, STATE, STATUS, unitOf } from "../layout.ts";
import { BlockList } from "../list/block_list.ts";
import type { MappedBlock } from "../source/mapped_blocks.ts";
import { SpanLimitError } from "../source/program_break.ts";
import { printLine } from "../../errors/messages.ts";
import type { LiveCells, SystemCalls } from "../source/system_calls.ts";
import {
  damageError,
  firstOther,
  FREED,
  FRESH,
  GUARD,
  LEAST_GUARD,
  Quarantine,
  TracedBlock,
} from "./quarantine.ts";

const NULL: Address = 0;

/**
 * A block list that can quarantine blocks: a quarantined block counts as free, but its
 * memory is neither given out nor merged until the block is let go.
 *
 * The list leaves a heap no short way to free a block, since a debug heap examines each
 * block that is freed. A class of its own spares all other heaps the question at each
 * call.
 */
class DebugList extends BlockList {
  readonly #counted: LiveCells;
  readonly #quarantined = new Set<number>();

  /**
   * @param calls Makes the system calls.
   * @param live Counts live cells.
   * @param policy How blocks are chosen, split and merged, and the break raised.
   */
  constructor(calls: SystemCalls, live: LiveCells, policy: HeapPolicy) {
    super(calls, live, policy);
    this.#counted = live;
  }

  /** Cells of payload of the largest quarantined block, or 0. */
  get largestQuarantined(): number {
    let largest = 0;
    for (const cell of this.#quarantined) {
      largest = Math.max(largest, this.size(cell));
    }
    return largest;
  }

  override place(size: number): Address {
    const address = super.place(size);
    this.latest = NaN;
    return address;
  }

  override release(_address: Address): boolean {
    return false;
  }

  override close(): void {
    super.close();
    this.#quarantined.clear();
  }

  override clear(): void {
    super.clear();
    this.#quarantined.clear();
  }

  /** Marks an allocated block as free, and quarantines it. */
  quarantine(address: Address): void {
    const cell = this.findUnowned(address);
    this.headers.writeStatus(cell, STATUS.free);
    this.tags.set(unitOf(cell), cell, STATE.quarantined);
    this.#quarantined.add(cell);
    this.liveBlocks--;
    this.#counted.cells -= this.size(cell);
  }

  /** Lets a quarantined block be given out again. */
  letGo(address: Address): void {
    const cell = this.#cellOf(address);
    this.tags.set(unitOf(cell), cell, STATE.allocated);
    this.#quarantined.delete(cell);
    this.liveBlocks++;
    this.#counted.cells += this.size(cell);
    super.release(address);
  }

  /** Frees an allocated block at once. */
  releaseNow(address: Address): void {
    super.release(address);
  }

  /** The whole payload of a block that is allocated or quarantined, with its guard. */
  whole(address: Address): Uint8Array<ArrayBuffer> {
    const cell = this.#cellOf(address);
    return this.headers.payload(cell, this.size(cell) * CELL_BYTES);
  }

  #cellOf(address: Address): number {
    return (address - this.headers.firstPayload) / CELL_BYTES;
  }
}

/**
 * The blocks of a debug heap. It keeps the contract, but for addresses and system calls,
 * and finds mistakes:
 *
 * - behind the bytes asked for lies a guard, up to the block's end ({@linkcode
 *   [patterns.ts] | patterns}). It is looked at when the block is freed or resized;
 * - new memory and freed memory are filled, so that what is read too early or too late
 *   can be told;
 * - freed blocks are kept back for a while, and looked at before their memory is given
 *   out again. A block that is resized always moves, so that its old address is of no
 *   use any more. Mappings are given back at once: nothing can be written there;
 * - of each block it is noted where it was allocated, and where it was freed.
 *
 * When a free finds damage, the block is freed all the same, and then it is told: it
 * would be found again at each attempt.
 */
export class DebugContract extends Contract {
  declare readonly list: DebugList;
  readonly #live = new Map<Address, TracedBlock>();
  readonly #quarantine = new Quarantine();
  /** The method that was called: traces end where it was. */
  #called: (...args: never[]) => unknown = this.malloc;

  /**
   * @param calls Makes the system calls.
   * @param policy How blocks are chosen, split and merged, and the break raised.
   */
  constructor(calls: SystemCalls, policy: HeapPolicy) {
    super(calls, policy, (...parts) => new DebugList(...parts));
  }

  override malloc(size: number): Address {
    this.#called = this.malloc;
    return this.#fill(super.malloc(size), FRESH);
  }

  override calloc(nmemb: number, size: number): Address {
    this.#called = this.calloc;
    const address = super.calloc(nmemb, size);
    const isMapped = this.mappings.find(address) !== undefined;
    return isMapped ? address : this.#fill(address, 0);
  }

  override realloc(address: Address, size: number): Address {
    this.#called = this.realloc;
    return super.realloc(address, size);
  }

  override resizeOwned(
    address: Address,
    size: number,
    alignment: number,
  ): Address {
    this.#called = this.resizeOwned;
    return super.resizeOwned(address, size, alignment);
  }

  override allocate(
    size: number,
    alignment: number,
    label?: string,
  ): Address {
    this.#called = this.allocate;
    return this.#fill(super.allocate(size, alignment, label), FRESH);
  }

  override free(address: Address): void {
    if (address === NULL) return;
    this.#called = this.free;
    const block = this.#live.get(address);
    if (!block || this.isOwned(address)) throw this.invalid("free", address);
    const damage = this.#overrunOf(block);
    this.release(address);
    if (damage) throw damage;
    this.#letOldGo();
  }

  override own(address: Address, owner: BlockOwner): void {
    super.own(address, owner);
    this.#live.get(address)!.label = owner.label;
  }

  override usableSize(address: Address, action: string): number {
    const block = this.#live.get(address);
    if (!block) throw this.invalid(action, address);
    return block.size;
  }

  override *live(): Generator<LiveBlock> {
    for (const block of this.#live.values()) {
      const { address, label, allocated } = block;
      const owner = this.owners.get(address);
      const size = owner?.size ?? block.size;
      const trace = owner?.trace ?? allocated;
      yield { address, size, label, trace, identity: owner ?? block };
    }
  }

  protected override get largestFree(): number {
    return Math.max(super.largestFree, this.list.largestQuarantined);
  }

  override check(): void {
    this.requireMemory("check");
    for (const block of this.#live.values()) this.#requireIntact(block.address);
    for (const block of this.#quarantine) {
      const damage = this.#writeIn(block);
      if (damage) throw damage;
    }
    super.check();
  }

  override close(): void {
    try {
      super.close();
    } finally { // the system may have refused to take some mappings back
      for (const address of this.#live.keys()) {
        if (!this.isLive(address)) this.#live.delete(address);
      }
    }
  }

  override reset(): void {
    const damage = this.#damage();
    this.#live.clear();
    this.#quarantine.clear();
    try {
      super.reset();
    } catch (refusal) { // only one error can be thrown
      if (damage instanceof Error) printLine(damage.message);
      throw refusal;
    }
    if (damage) throw damage;
  }

  protected override obtain(
    size: number,
    isMapped: boolean,
    alignment?: number,
  ): Address {
    const trace = new StackTrace(this.#called);
    const address = this.#obtain(size + LEAST_GUARD, isMapped, alignment);
    this.#quarantine.forget(address);
    this.#live.set(address, new TracedBlock(address, size, trace));
    this.#whole(address).fill(GUARD, size);
    return address;
  }

  protected override release(address: Address): void {
    const block = this.#live.get(address)!;
    const freed = new StackTrace(this.#called);
    const keptBytes = this.#giveBack(address);
    this.#live.delete(address);
    block.freed = freed;
    this.#quarantine.add(block, keptBytes);
  }

  protected override giveUp(address: Address): void {
    this.#live.delete(address);
    if (this.mappings.find(address)) super.giveUp(address);
    else this.list.releaseNow(address);
  }

  protected override resizeListed(cell: number, size: number): Address {
    return this.#resize(this.list.payloadOf(cell), size);
  }

  protected override resizeMapping(
    { payload }: MappedBlock,
    size: number,
  ): Address {
    return this.#resize(payload, size);
  }

  protected override resizeInPlace(address: Address): boolean {
    this.#prepareResize(address);
    return false;
  }

  protected override move(
    address: Address,
    size: number,
    alignment?: number,
  ): Address {
    const { size: before } = this.#live.get(address)!;
    const target = super.move(address, size, alignment);
    if (size > before) this.payload(target, size).fill(FRESH, before);
    return target;
  }

  protected override invalid(
    action: string,
    address: Address,
  ): InvalidPointerError {
    const error = super.invalid(action, address);
    const { reason, message, block, code } = error;
    const start = block?.payload ?? address;
    const traced = this.#live.get(start) ?? this.#quarantine.find(start);
    if (!traced || reason === "of another heap") return error;
    return new InvalidPointerError(
      address,
      reason,
      `${message}. ${traced.history()}`,
      block,
      code,
    );
  }

  #resize(address: Address, size: number): Address {
    this.#prepareResize(address);
    return this.move(address, size);
  }

  /** Looks for damage while nothing is changed yet. */
  #prepareResize(address: Address): void {
    this.#requireIntact(address);
    this.#letOldGo();
  }

  /** A block; if there is no memory, those that were kept back are let go. */
  #obtain(size: number, isMapped: boolean, alignment?: number): Address {
    try {
      return super.obtain(size, isMapped, alignment);
    } catch (error) {
      const isRefusal = error instanceof SystemCallError ||
        error instanceof SpanLimitError;
      if (!isRefusal || isMapped || this.#quarantine.bytes === 0) throw error;
      while (this.#quarantine.bytes > 0) this.#letOldestGo();
      return super.obtain(size, isMapped, alignment);
    }
  }

  /** Gives a block's memory back, or keeps it back. Returns how many bytes are kept. */
  #giveBack(address: Address): number {
    const mapping = this.mappings.find(address);
    if (mapping) {
      this.mappings.unmap(mapping);
      return 0;
    }
    const whole = this.#whole(address);
    this.list.quarantine(address);
    whole.fill(FREED);
    return HEADER_BYTES + whole.length;
  }

  /** Lets blocks go until no more are kept back than there should be. */
  #letOldGo(): void {
    while (this.#quarantine.isOverfull) this.#letOldestGo();
  }

  /** @throws {CorruptionError} If it was written after it was freed. It is let go. */
  #letOldestGo(): void {
    const { block, isKept } = this.#quarantine.takeOldest()!;
    const damage = isKept ? this.#writeIn(block) : undefined;
    if (isKept) this.list.letGo(block.address);
    block.allocated.forget();
    block.freed?.forget();
    if (damage) throw damage;
  }

  /** The first damage that there is. */
  #damage(): unknown {
    try {
      this.check();
      return undefined;
    } catch (damage) {
      return damage;
    }
  }

  #requireIntact(address: Address): void {
    const damage = this.#overrunOf(this.#live.get(address)!);
    if (damage) throw damage;
  }

  /** What was written behind a block. */
  #overrunOf(block: TracedBlock): CorruptionError | undefined {
    const bytes = this.#whole(block.address);
    const at = firstOther(bytes, GUARD, block.size);
    return at < 0 ? undefined : damageError("overrun", block, bytes, at);
  }

  /** What was written in a block after it was freed. */
  #writeIn(block: TracedBlock): CorruptionError | undefined {
    const bytes = this.list.whole(block.address);
    const at = firstOther(bytes, FREED);
    return at < 0
      ? undefined
      : damageError("write-after-free", block, bytes, at);
  }

  /** Fills the bytes that were asked for, if there is a block. */
  #fill(address: Address, value: number): Address {
    const size = this.#live.get(address)?.size ?? 0;
    if (size > 0) this.payload(address, size).fill(value);
    return address;
  }

  /** The whole payload of a live block, its guard too. */
  #whole(address: Address): Uint8Array<ArrayBuffer> {
    const mapping = this.mappings.find(address);
    return mapping
      ? new Uint8Array(mapping.window, HEADER_BYTES, mapping.size)
      : this.list.whole(address);
  }
}
