import type { CorruptionError } from "../../errors/corruption_error.ts";
import { printLine } from "../../errors/messages.ts";
import { StackTrace } from "../../errors/stack_trace.ts";
import { SystemCallError } from "../../errors/system_errors.ts";
import type { Address } from "../../ffi/memory.ts";
import { Contract } from "../contract.ts";
import type { HeapPolicy } from "../heap_options.ts";
import {
  type BlockOwner,
  InvalidPointerError,
} from "../inspection/invalid_pointer.ts";
import {
  CELL_BYTES,
  HEADER_BYTES,
  INTERRUPTED,
  NOTHING,
  STATE,
  STATUS,
  unitOf,
} from "../layout.ts";
import type { LiveBlock } from "../leaks/leak_report.ts";
import { BlockList } from "../list/block_list.ts";
import type { MappedBlock } from "../source/mapped_blocks.ts";
import { SpanLimitError } from "../source/program_break.ts";
import type { LiveCells, SystemCalls } from "../source/system_calls.ts";
import {
  damageError,
  firstMismatch,
  FREED,
  FRESH,
  GUARD,
  LEAST_GUARD,
  Quarantine,
  TracedBlock,
} from "./quarantine.ts";

const NULL: Address = 0;

/**
 * The contract of a debug heap. Addresses and system calls differ from the contract, and
 * everything else follows it. A debug heap finds mistakes:
 *
 * - A guard follows the requested bytes, up to the block's end. It is checked when the
 *   block is freed or resized.
 * - New and freed memory is filled with known bytes, so that a program that reads too
 *   early or too late can be recognised.
 * - Freed blocks stay in quarantine for a while, and are checked before their memory is
 *   used again. A resize always moves the block, so that a use of the old address is
 *   found. Mapped blocks are unmapped at once: nothing can be written there.
 * - The heap records where each block was allocated, and where it was freed.
 *
 * `quarantine.ts` draws a block. A free that finds damage
 * frees the block first and then throws: otherwise each attempt would throw again.
 */
export class DebugContract extends Contract {
  declare readonly list: DebugList;
  readonly #live = new Map<Address, TracedBlock>();
  readonly #quarantine = new Quarantine();
  /** The method that was called: stack traces end at its caller. */
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
    const damage = this.#findOverrun(block);
    this.release(address);
    if (damage) throw damage;
    this.#trimQuarantine();
  }

  override own(address: Address, owner: BlockOwner): void {
    super.own(address, owner);
    const block = this.#live.get(address)!;
    block.label = owner.label;
    block.wasOwned = true;
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
      const damage = this.#findLateWrite(block);
      if (damage) throw damage;
    }
    super.check();
  }

  override close(): void {
    try {
      super.close();
    } finally { // munmap may have failed for some mapped blocks
      for (const address of this.#live.keys()) {
        if (!this.isLive(address)) this.#live.delete(address);
      }
    }
  }

  override reset(): void {
    const damage = this.#firstDamage();
    this.list.completeFree();
    try {
      this.list.latest = NaN;
      this.list.pending = INTERRUPTED;
      this.#live.clear();
      this.#quarantine.clear();
      this.list.pending = NOTHING;
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
    let isTraced = false;
    try {
      this.#quarantine.forget(address);
      this.#live.set(address, new TracedBlock(address, size, trace));
      this.#wholePayload(address).fill(GUARD, size);
      isTraced = true;
    } catch (error) {
      this.giveUp(address);
      isTraced = true;
      throw error;
    } finally {
      if (!isTraced) {
        this.list.latest = NaN;
        this.list.pending = INTERRUPTED;
      }
    }
    return address;
  }

  protected override release(address: Address): void {
    const block = this.#live.get(address)!;
    const freed = new StackTrace(this.#called);
    const bytes = this.#quarantineOrUnmap(address);
    this.list.latest = NaN;
    this.list.pending = INTERRUPTED; // as it is already, after a quarantine
    this.#live.delete(address);
    block.freed = freed;
    this.#quarantine.add(block, bytes);
    this.list.pending = NOTHING;
  }

  override giveUp(address: Address): void {
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
    if (size > before) {
      this.list.latest = NaN;
      this.list.pending = INTERRUPTED; // nobody else has the address yet
      this.payload(target, size).fill(FRESH, before);
      this.list.pending = NOTHING;
    }
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

  /** Checks for damage before anything is changed, and trims the quarantine. */
  #prepareResize(address: Address): void {
    this.#requireIntact(address);
    this.#trimQuarantine();
  }

  /** Obtains a block. If memory is refused, the quarantine is emptied and used. */
  #obtain(size: number, isMapped: boolean, alignment?: number): Address {
    try {
      return super.obtain(size, isMapped, alignment);
    } catch (error) {
      const isRefusal = error instanceof SystemCallError ||
        error instanceof SpanLimitError;
      if (!isRefusal || isMapped || this.#quarantine.bytes === 0) throw error;
      while (this.#quarantine.bytes > 0) this.#evictOldest();
      return super.obtain(size, isMapped, alignment);
    }
  }

  /** Unmaps a mapped block, or quarantines a heap block and returns its bytes. */
  #quarantineOrUnmap(address: Address): number {
    const mapping = this.mappings.find(address);
    if (mapping) {
      this.mappings.unmap(mapping);
      return 0;
    }
    const whole = this.#wholePayload(address);
    this.list.quarantine(address); // leaves the list marked, until `release` has ended
    whole.fill(FREED);
    return HEADER_BYTES + whole.length;
  }

  /** Evicts the oldest blocks until the quarantine is within its limits. */
  #trimQuarantine(): void {
    while (this.#quarantine.isOverfull) this.#evictOldest();
  }

  /**
   * Ends the quarantine of the oldest block.
   *
   * @throws {CorruptionError} If the block was written after it was freed. Its quarantine
   * has ended then too.
   */
  #evictOldest(): void {
    this.list.latest = NaN;
    this.list.pending = INTERRUPTED;
    const { block, isQuarantined } = this.#quarantine.takeOldest()!;
    const damage = isQuarantined ? this.#findLateWrite(block) : undefined;
    if (isQuarantined) this.list.endQuarantine(block.address);
    this.list.pending = NOTHING;
    block.allocated.forget();
    block.freed?.forget();
    if (damage) throw damage;
  }

  /** Returns the first damage that a check finds. */
  #firstDamage(): unknown {
    try {
      this.check();
      return undefined;
    } catch (damage) {
      return damage;
    }
  }

  #requireIntact(address: Address): void {
    const damage = this.#findOverrun(this.#live.get(address)!);
    if (damage) throw damage;
  }

  /** Returns the damage to a block's guard. */
  #findOverrun(block: TracedBlock): CorruptionError | undefined {
    const bytes = this.#wholePayload(block.address);
    const at = firstMismatch(bytes, GUARD, block.size);
    return at < 0 ? undefined : damageError("overrun", block, bytes, at);
  }

  /** Returns the damage to a block in quarantine. */
  #findLateWrite(block: TracedBlock): CorruptionError | undefined {
    const bytes = this.list.wholePayload(block.address);
    const at = firstMismatch(bytes, FREED);
    return at < 0
      ? undefined
      : damageError("write-after-free", block, bytes, at);
  }

  /** Fills the requested bytes of a block; does nothing for NULL. */
  #fill(address: Address, value: number): Address {
    const size = this.#live.get(address)?.size ?? 0;
    if (size > 0) this.payload(address, size).fill(value);
    return address;
  }

  /** Returns a view of the whole payload of a live block, guard included. */
  #wholePayload(address: Address): Uint8Array<ArrayBuffer> {
    const mapping = this.mappings.find(address);
    return mapping
      ? new Uint8Array(mapping.window, HEADER_BYTES, mapping.size)
      : this.list.wholePayload(address);
  }
}

/**
 * A block list that can quarantine blocks. A quarantined block counts as free, but its
 * memory is neither given out nor merged before the quarantine ends.
 *
 * `Heap` must not place or release blocks past the debug contract, which examines each
 * block. So `latest` is never set and `release` always refuses. A separate class spares
 * all other heaps a check in each call.
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

  override place(size: number): number {
    const cell = super.place(size);
    this.latest = NaN;
    return cell;
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

  /** Frees an allocated block, and quarantines it. The change ends with the caller's. */
  quarantine(address: Address): void {
    const cell = this.findUnowned(address);
    this.latest = NaN;
    this.pending = INTERRUPTED;
    this.headers.writeStatus(cell, STATUS.free);
    this.tags.set(unitOf(cell), cell, STATE.quarantined);
    this.#quarantined.add(cell);
    this.liveBlocks--;
    this.#counted.cells -= this.size(cell);
  }

  /** Ends the quarantine of a block: its memory can be used again. */
  endQuarantine(address: Address): void {
    const cell = this.#cellOf(address);
    this.tags.set(unitOf(cell), cell, STATE.allocated);
    this.#quarantined.delete(cell);
    this.liveBlocks++;
    this.#counted.cells += this.size(cell);
    this.pending = NOTHING; // the caller's change goes on, and is marked there
    let isReleased = false;
    try {
      isReleased = super.release(address);
    } finally {
      if (!isReleased) {
        this.latest = NaN;
        this.pending = INTERRUPTED;
      }
    }
  }

  /** Frees an allocated block without quarantine. */
  releaseNow(address: Address): void {
    super.release(address);
  }

  /** Returns a view of the whole payload of an allocated or quarantined block. */
  wholePayload(address: Address): Uint8Array<ArrayBuffer> {
    const cell = this.#cellOf(address);
    return this.headers.payload(cell, this.size(cell) * CELL_BYTES);
  }

  #cellOf(address: Address): number {
    return (address - this.headers.firstPayload) / CELL_BYTES;
  }
}
