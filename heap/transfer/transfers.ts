import type { Address } from "../../ffi/memory.ts";
import { UsageError } from "../../ffi/usage_error.ts";
import type { Blocks } from "../blocks.ts";
import type { Holding } from "../holding/holding.ts";
import type { StackTrace } from "../holding/stack_trace.ts";
import type { BlockHolder } from "../invalid_pointer.ts";
import {
  type AllocationMessage,
  describeMessage,
  requireMessage,
} from "./allocation_message.ts";
import { TICKET, TicketPage } from "./ticket_page.ts";

/** How {@linkcode Heap.takeBack} takes an allocation back. */
export interface TakeBackOptions {
  /**
   * Whether the Worker that received it has ended, with all threads that it started:
   * nobody reads or writes the memory any more.
   *
   * @default {false}
   */
  readonly receiverEnded?: boolean;
}

/** What is sent. */
type Sent = Pick<Holding, "address" | "size" | "label" | "trace">;

/** How many an error names. */
const MOST_NAMED = 5;

/** A page with the messages on it that did not come back yet, by their tickets. */
class LentPage extends TicketPage {
  readonly out = new Map<number, AllocationMessage>();
  /** Whether somebody waits for what comes back. */
  isWatched = false;
}

/** Holds a block for the isolate that it was transferred to. */
class Transferred implements BlockHolder {
  readonly size: number;
  readonly label: string | undefined;
  readonly trace: StackTrace | undefined;
  readonly #message: AllocationMessage;

  constructor(message: AllocationMessage, trace: StackTrace | undefined) {
    this.size = message.size;
    this.label = message.label;
    this.trace = trace;
    this.#message = message;
  }

  describe(): string {
    return `the transferred ${describeMessage(this.#message)}`;
  }
}

/**
 * The blocks of a heap that other isolates hold. They are freed here, after the isolate
 * that holds one has said that it is done: by and by as it says so, and in any case
 * before this answers whether there are any.
 */
export class Transfers {
  readonly #blocks: Blocks;
  /** Pages with tickets that are out, and the one that new tickets are taken from. */
  readonly #pages = new Set<LentPage>();
  #page: LentPage | undefined;
  /** Blocks that came back and are to be freed: the system may refuse a mapping. */
  readonly #returned = new Set<Address>();
  /** Those who wait for all to come back. */
  readonly #waiting = new Set<PromiseWithResolvers<void>>();

  /** @param blocks The heap's blocks. */
  constructor(blocks: Blocks) {
    this.#blocks = blocks;
  }

  /** Lends a block that is held to whoever receives the message. */
  send({ address, size, label, trace }: Sent): AllocationMessage {
    const page = this.#pageToUse();
    const message: AllocationMessage = {
      osmem: "allocation",
      address,
      size,
      label,
      page: page.shared,
      ticket: page.issue({ address, size }),
    };
    this.#blocks.hold(address, new Transferred(message, trace));
    page.out.set(message.ticket, message);
    if (!page.isWatched) this.#watch(page);
    return message;
  }

  /** Frees one that is not to come back. */
  takeBack(message: AllocationMessage, options: TakeBackOptions): void {
    const { ticket, address } = requireMessage("take back", message);
    this.#collect();
    const page = this.#pageWith(ticket, address);
    if (page) {
      const state = page.takeBack(ticket, options.receiverEnded ?? false);
      if (state === TICKET.received) throw heldElsewhere(message);
      if (state === TICKET.takenBack) this.#settle(page, ticket);
    }
    const { failure } = this.#collect();
    if (failure) throw failure;
  }

  /** Resolves when none is out. */
  returned(): Promise<void> {
    const waiting = Promise.withResolvers<void>();
    this.#waiting.add(waiting);
    this.#collect();
    return waiting.promise;
  }

  /** Refuses what would take memory away that another isolate holds. */
  requireNone(action: string): void {
    this.#collect();
    const out = [...this.#pages].flatMap((page) => [...page.out.values()]);
    if (out.length === 0) return;
    throw new UsageError(
      "in-use",
      `Cannot ${action}: other isolates hold ${out.length} of its blocks, ` +
        `${
          named(out)
        }; await heap.transfersReturned() first, or heap.takeBack() ` +
        "what a Worker that has ended did not give back",
    );
  }

  /** Forgets what was to be freed: the heap is gone. */
  end(): void {
    this.#returned.clear();
  }

  #pageToUse(): LentPage {
    if (!this.#page || this.#page.isFull) {
      this.#page = new LentPage();
      this.#pages.add(this.#page);
    }
    return this.#page;
  }

  #pageWith(ticket: number, address: Address): LentPage | undefined {
    for (const page of this.#pages) {
      if (page.out.get(ticket)?.address === address) return page;
    }
    return undefined;
  }

  /** Frees what comes back to a page, until nothing of it is out. */
  async #watch(page: LentPage): Promise<void> {
    page.isWatched = true;
    while (page.out.size > 0) {
      await page.someReturned();
      this.#collect();
    }
    page.isWatched = false;
  }

  /** Frees all that came back, and tells those who wait. */
  #collect(): { failure?: unknown } {
    for (const page of this.#pages) {
      for (const ticket of page.takeReturned()) this.#settle(page, ticket);
    }
    try {
      for (const address of this.#returned) this.#free(address);
    } catch (failure) {
      this.#tell((waiting) => waiting.reject(failure));
      return { failure };
    }
    const isOut = [...this.#pages].some(({ out }) => out.size > 0);
    if (!isOut) this.#tell((waiting) => waiting.resolve());
    return {};
  }

  /** Notes that what has this ticket is to be freed. */
  #settle(page: LentPage, ticket: number): void {
    const { address } = page.out.get(ticket)!;
    page.out.delete(ticket);
    if (page.isFull && page.out.size === 0) this.#pages.delete(page);
    this.#returned.add(address);
  }

  #free(address: Address): void {
    if (!this.#blocks.isGone(address)) this.#blocks.freeHeld(address);
    this.#returned.delete(address);
  }

  #tell(tell: (waiting: PromiseWithResolvers<void>) => void): void {
    for (const waiting of this.#waiting) tell(waiting);
    this.#waiting.clear();
  }
}

function heldElsewhere(message: AllocationMessage): UsageError {
  return new UsageError(
    "in-use",
    `Cannot take back ${
      describeMessage(message)
    }: another isolate holds it; let that ` +
      "dispose of it, or say { receiverEnded: true } once its Worker has ended",
  );
}

/** What the first of them are. */
function named(messages: readonly AllocationMessage[]): string {
  const first = messages.slice(0, MOST_NAMED).map(describeMessage).join(", ");
  const more = messages.length - MOST_NAMED;
  return more > 0 ? `${first} and ${more} more` : first;
}
