import type { Address } from "../../ffi/memory.ts";
import { closeWindow } from "../../ffi/system.ts";
import { UsageError } from "../../ffi/usage_error.ts";
import { describeBlock } from "../describe_block.ts";
import type { BlockHolder } from "../invalid_pointer.ts";
import { endedError, type Ending } from "./ending.ts";
import type { Held } from "./held.ts";
import type { StackTrace } from "./stack_trace.ts";

/** Whoever made a holding: it obtains and frees the block. */
export interface HoldingOwner {
  /** A window of its own on what is held. */
  openWindow(holding: Holding): ArrayBuffer;
  /** Gives a holding another size, perhaps elsewhere. */
  resize(holding: Holding, size: number): void;
  /** Frees what is held, if it is live. */
  release(holding: Holding, ending?: Ending): void;
}

/** A block that is to be held. */
export interface HeldBlock {
  /** Its payload. */
  readonly address: Address;
  /** Bytes that were asked for. */
  readonly size: number;
  /** Bytes of which the address is a multiple. */
  readonly alignment: number;
  /** Whether bytes that it grows by are to be 0. */
  readonly isZeroed: boolean;
  /** What the user calls it. */
  readonly label: string | undefined;
  /** Where it was allocated, if that was noted. */
  readonly trace: StackTrace | undefined;
}

/**
 * What is known of a block that an allocation holds. It outlives the
 * {@linkcode [allocation.ts].Allocation | Allocation}, so that one that was collected
 * can still be named.
 */
export class Holding implements BlockHolder, Held {
  readonly #owner: HoldingOwner;
  /** What the user calls it. */
  readonly label: string | undefined;
  /** Bytes of which the address is a multiple. */
  readonly alignment: number;
  /** Whether bytes that it grows by are to be 0. */
  readonly isZeroed: boolean;
  /** Where it was allocated, if that was noted. */
  readonly trace: StackTrace | undefined;
  #address: Address;
  #size: number;
  #window: ArrayBuffer | undefined;
  /** Whether the buffer of a window before this one was transferred. */
  #wasTaken = false;
  #ending: Ending | undefined;

  /**
   * @param owner Whoever obtained the block.
   * @param block The block.
   */
  constructor(owner: HoldingOwner, block: HeldBlock) {
    this.#owner = owner;
    this.#address = block.address;
    this.#size = block.size;
    this.alignment = block.alignment;
    this.isZeroed = block.isZeroed;
    this.label = block.label;
    this.trace = block.trace;
  }

  /** Whether it was made by this owner. */
  belongsTo(owner: HoldingOwner): boolean {
    return this.#owner === owner;
  }

  /** The block's payload. */
  get address(): Address {
    return this.#address;
  }

  /** Bytes that were asked for. */
  get size(): number {
    return this.#size;
  }

  /** How it ended, if it did. */
  get ending(): Ending | undefined {
    return this.#ending;
  }

  get isEnded(): boolean {
    return this.#ending !== undefined;
  }

  describe(): string {
    return describeBlock("allocation", this);
  }

  /**
   * Refuses what ended.
   *
   * @param action What was to be done, as in `"resize"`.
   * @throws {UsageError} If it ended.
   */
  requireLive(action: string): void {
    if (!this.#ending) return;
    throw endedError(
      action,
      this.describe(),
      this.#ending,
      "allocate again, or dispose of it later",
      this.trace,
    );
  }

  /**
   * Whether its buffer was transferred, by `postMessage`, `structuredClone` or
   * `ArrayBuffer.transfer`: another one that shows the same memory is somewhere, and
   * cannot be detached from here.
   */
  get isTaken(): boolean {
    return this.#wasTaken || (this.#window?.detached ?? false);
  }

  window(): ArrayBuffer {
    if (this.#window?.detached) {
      this.#wasTaken = true;
      this.#window = undefined;
    }
    return this.#window ??= this.#size === 0
      ? new ArrayBuffer(0)
      : this.#owner.openWindow(this);
  }

  resize(size: number): void {
    this.#owner.resize(this, size);
  }

  release(ending?: Ending): void {
    this.#owner.release(this, ending);
  }

  summary(): string {
    const { what } = this.#ending ?? {};
    return this.describe() + (what ? `: ${what}` : "");
  }

  /**
   * Refuses what would free memory that others can still read.
   *
   * @param action What was to be done, as in `"resize"`.
   * @throws {UsageError} If its buffer was transferred.
   */
  requireNotTaken(action: string): void {
    if (!this.isTaken) return;
    throw new UsageError(
      "buffer-taken",
      `Cannot ${action} ${this.describe()}: its buffer was transferred (postMessage, ` +
        "structuredClone or ArrayBuffer.transfer), so that others can still read the " +
        "memory; it stays allocated. Copy the bytes, or post what heap.transfer() gives",
    );
  }

  /** Notes that it lies elsewhere, or has another size, and detaches every view. */
  move(address: Address, size: number): void {
    this.#closeWindow();
    this.#address = address;
    this.#size = size;
  }

  /** Ends it, and detaches every view. */
  end(ending: Ending): void {
    this.#closeWindow();
    this.#ending = ending;
    this.trace?.forget();
  }

  #closeWindow(): void {
    if (this.#window) closeWindow(this.#window);
    this.#window = undefined;
  }
}
