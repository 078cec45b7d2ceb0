import { ArgumentError, requireWhole } from "../../errors/argument_error.ts";
import { showValue } from "../../errors/messages.ts";
import { UsageError } from "../../errors/usage_error.ts";
import type { Blocks } from "../contract.ts";
import type { LeakListener } from "../heap_options.ts";
import { forgetCollected, reportCollected } from "../leaks/leak_detection.ts";
import type { AllocationMessage } from "../transfer/allocation_message.ts";
import { Transfers } from "../transfer/transfers.ts";
import {
  Allocation,
  type Ending,
  heldBy,
  Holding,
  type HoldingOwner,
  leaveGroup,
} from "./allocation.ts";
import { alignmentIn, type AllocationOptions, labelIn } from "./options.ts";
import type { Lifetime, ScopeHost } from "./scope.ts";
import { StackTrace } from "../../errors/stack_trace.ts";

/** What a holder notes, and whom it tells. */
export interface HolderOptions {
  /** Whether to note where each allocation was made, and where many ended at once. */
  readonly notesStacks: boolean;
  /** Whether to note where each allocation was disposed of, too. */
  readonly notesFrees: boolean;
  /** Told of allocations that were collected; without it they are printed. */
  readonly onLeak: LeakListener | undefined;
}

const DISPOSED = "it was disposed of";

/**
 * Holds blocks of a heap for {@linkcode Allocation}s: it obtains and frees them, and
 * knows every one that is live.
 */
export class Holder implements HoldingOwner, ScopeHost {
  readonly #blocks: Blocks;
  readonly #options: HolderOptions;
  /** Every holding that is live, the oldest first. */
  readonly #live = new Set<Holding>();
  /** What other isolates hold. */
  readonly transfers: Transfers;
  #lifetime: { ending?: Ending } = {};

  /**
   * @param blocks The heap's blocks.
   * @param options What it notes, and whom it tells of leaks.
   */
  constructor(blocks: Blocks, options: HolderOptions) {
    this.#blocks = blocks;
    this.transfers = new Transfers(blocks);
    this.#options = options;
  }

  get lifetime(): Lifetime {
    return this.#lifetime;
  }

  /** Allocates a block and holds it. */
  allocate(size: number, options: AllocationOptions): Allocation {
    requireWhole("allocate", "size", size);
    const alignment = alignmentIn(options);
    const label = labelIn(options);
    const { zero = false } = options;
    const address = this.#blocks.allocateAligned(
      Math.max(size, 1),
      alignment,
      label,
    );
    if (zero) this.#blocks.zero(address, 0, size);
    const trace = this.#options.notesStacks ? new StackTrace() : undefined;
    const holding = new Holding(
      this,
      { address, size, alignment, isZeroed: zero, label, trace },
    );
    this.#blocks.hold(address, holding);
    this.#live.add(holding);
    const allocation = new Allocation(holding);
    reportCollected(allocation, holding, this.#options.onLeak);
    return allocation;
  }

  openWindow(holding: Holding): ArrayBuffer {
    this.#requireMemory(holding, "show");
    return this.#blocks.window(holding.address, holding.size);
  }

  resize(holding: Holding, size: number): void {
    holding.requireLive("resize");
    requireWhole("resize an allocation", "size", size);
    const before = holding.size;
    if (size === before) return;
    this.#requireMemory(holding, "resize");
    holding.requireNotTaken("resize");
    const address = this.#blocks.resizeHeld(
      holding.address,
      Math.max(size, 1),
      holding.alignment,
    );
    holding.move(address, size);
    if (holding.isZeroed && size > before) {
      this.#blocks.zero(address, before, size);
    }
  }

  release(holding: Holding, ending?: Ending): void {
    if (holding.ending) return;
    const isGone = this.#blocks.isGone(holding.address);
    if (!isGone) holding.requireNotTaken("free");
    try {
      if (!isGone) this.#blocks.freeHeld(holding.address);
    } finally { // a debug heap tells of damage when it has freed the block
      if (isGone || !this.#blocks.isHeld(holding.address)) {
        const what = isGone ? "its memory was given back" : DISPOSED;
        this.#end(holding, ending ?? this.#endingOfOne(what));
      }
    }
  }

  /** Hands an allocation of this heap to another isolate, and ends it here. */
  transfer(allocation: Allocation): AllocationMessage {
    const holding = this.#own(allocation);
    holding.requireLive("transfer");
    this.#blocks.requireIdle();
    this.#requireMemory(holding, "transfer");
    holding.requireNotTaken("transfer");
    const message = this.transfers.send(holding);
    const what = "it was transferred to another isolate";
    this.#end(holding, { ...this.#endingOfOne(what), code: "transferred" });
    leaveGroup(allocation);
    return message;
  }

  /**
   * Refuses what would free memory that others can still read.
   *
   * @param action What was to be done, as in `"reset this heap"`.
   * @throws {UsageError} If the buffer of an allocation was transferred.
   */
  requireNoneTaken(action: string): void {
    for (const holding of this.#live) {
      if (this.#blocks.isGone(holding.address)) continue;
      holding.requireNotTaken(`${action} with`);
    }
  }

  /** Ends the holdings whose blocks are gone, though others are not. */
  endGone(): void {
    const ending = this.makeEnding("its memory was given back");
    for (const holding of this.#live) {
      if (this.#blocks.isGone(holding.address)) this.#end(holding, ending);
    }
  }

  /** Ends every holding and scope: their blocks are gone, or soon will be. */
  endAll(what: string): void {
    const ending = this.makeEnding(what);
    for (const holding of this.#live) this.#end(holding, ending);
    this.#lifetime.ending = ending;
    this.#lifetime = {};
    this.transfers.end();
  }

  makeEnding(what: string): Ending {
    const trace = this.#options.notesStacks ? new StackTrace() : undefined;
    return { code: "disposed", what, trace };
  }

  /** The ending of a single holding: noting where takes as long as all else of it. */
  #endingOfOne(what: string): Ending {
    return this.#options.notesFrees
      ? this.makeEnding(what)
      : { code: "disposed", what, trace: undefined };
  }

  /** What an allocation of this heap stands for. */
  #own(allocation: Allocation): Holding {
    const held = allocation instanceof Allocation && heldBy(allocation);
    if (!held) {
      throw new ArgumentError(
        `Cannot transfer ${
          showValue(allocation)
        }: expected an Allocation of this heap`,
      );
    }
    if (held instanceof Holding && held.belongsTo(this)) return held;
    throw new UsageError(
      "not-owner",
      `Cannot transfer ${held.summary()}: this heap did not allocate it; ask the heap ` +
        "that did",
    );
  }

  /** Refuses a holding whose memory is gone. */
  #requireMemory(holding: Holding, action: string): void {
    if (!this.#blocks.isGone(holding.address)) return;
    throw new UsageError(
      "memory-gone",
      `Cannot ${action} ${holding.describe()}: its memory was given back; allocate again`,
    );
  }

  #end(holding: Holding, ending: Ending): void {
    holding.end(ending);
    this.#live.delete(holding);
    forgetCollected(holding);
  }
}
