import type { Address } from "../../ffi/memory.ts";
import { requireWhole } from "../../ffi/require_whole.ts";
import { UsageError, type UsageErrorCode } from "../../ffi/usage_error.ts";
import type { Blocks } from "../blocks.ts";
import type { AllocationMessage } from "../transfer/allocation_message.ts";
import { Transfers } from "../transfer/transfers.ts";
import { Allocation, heldBy } from "./allocation.ts";
import { alignmentIn, type AllocationOptions } from "./allocation_options.ts";
import { Holding, type HoldingOwner } from "./holding.ts";
import { StackTrace } from "./stack_trace.ts";

const DISPOSED = "it was disposed of";

/**
 * Holds blocks of a heap for {@linkcode Allocation}s: it obtains and frees them, and
 * knows every one that is live.
 */
export class Holder implements HoldingOwner {
  readonly #blocks: Blocks;
  readonly #notesStacks: boolean;
  readonly #live = new Set<Holding>();
  /** What other isolates hold. */
  readonly transfers: Transfers;

  /**
   * @param blocks The heap's blocks.
   * @param notesStacks Whether to note where each allocation was made.
   */
  constructor(blocks: Blocks, notesStacks: boolean) {
    this.#blocks = blocks;
    this.transfers = new Transfers(blocks);
    this.#notesStacks = notesStacks;
  }

  /** Every holding that is live, the oldest first. */
  get live(): ReadonlySet<Holding> {
    return this.#live;
  }

  /** Allocates a block and holds it. */
  allocate(size: number, options: AllocationOptions): Allocation {
    requireWhole("allocate", "size", size);
    const alignment = alignmentIn(options);
    const { zero = false, label } = options;
    const address = this.#blocks.allocateAligned(Math.max(size, 1), alignment);
    if (zero) this.#blocks.zero(address, 0, size);
    const trace = this.#notesStacks ? new StackTrace() : undefined;
    const holding = new Holding(
      this,
      { address, size, alignment, isZeroed: zero, label, trace },
    );
    this.#blocks.hold(address, holding);
    this.#live.add(holding);
    return new Allocation(holding);
  }

  openWindow(address: Address, size: number): ArrayBuffer {
    return this.#blocks.window(address, size);
  }

  resize(holding: Holding, size: number): void {
    holding.requireLive("resize");
    requireWhole("resize an allocation", "size", size);
    const before = holding.size;
    if (size === before) return;
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

  release(holding: Holding): void {
    if (holding.ending) return;
    const isGone = this.#blocks.isGone(holding.address);
    if (!isGone) this.#blocks.freeHeld(holding.address);
    this.#end(holding, isGone ? "its memory was given back" : DISPOSED);
  }

  /** Hands an allocation of this heap to another isolate, and ends it here. */
  transfer(allocation: Allocation): AllocationMessage {
    const holding = this.#own(allocation);
    holding.requireLive("transfer");
    const message = this.transfers.send(holding);
    this.#end(holding, "it was transferred to another isolate", "transferred");
    return message;
  }

  /** Ends every holding whose block is gone, or soon will be. */
  endAll(what: string): void {
    for (const holding of this.#live) this.#end(holding, what);
    this.transfers.end();
  }

  /** What an allocation of this heap stands for. */
  #own(allocation: Allocation): Holding {
    const held = heldBy(allocation);
    if (held instanceof Holding && held.belongsTo(this)) return held;
    throw new UsageError(
      "not-owner",
      `Cannot transfer ${held ? held.summary() : String(allocation)}: ` +
        "this heap did not allocate it; ask the heap that did",
    );
  }

  #end(
    holding: Holding,
    what: string,
    code: UsageErrorCode = "disposed",
  ): void {
    const trace = this.#notesStacks ? new StackTrace() : undefined;
    holding.end({ code, what, trace });
    this.#live.delete(holding);
  }
}
