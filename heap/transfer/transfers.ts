import { listSome, printLine } from "../../errors/messages.ts";
import type { StackTrace } from "../../errors/stack_trace.ts";
import { UsageError } from "../../errors/usage_error.ts";
import type { Address } from "../../ffi/memory.ts";
import type { OwnedBlock } from "../allocations/allocation.ts";
import type { Contract } from "../contract.ts";
import type { BlockOwner } from "../inspection/invalid_pointer.ts";
import { INTERRUPTED } from "../layout.ts";
import {
  type AllocationMessage,
  describeMessage,
  placeOf,
  requireMessage,
  TICKET,
  TicketPage,
} from "./allocation_message.ts";

/** Options for {@linkcode Heap.takeBack}. */
export interface TakeBackOptions {
  /**
   * Whether the Worker that received the allocation has ended, with all threads that it
   * started, so that nobody reads or writes the memory any more.
   *
   * @default {false}
   */
  readonly receiverEnded?: boolean;
}

/** The errors of freeing blocks: the system refused, or the block was damaged. */
type Failures = Map<Transferred, unknown>;

/**
 * The blocks of a heap that are transferred to other isolates. Each is freed here soon
 * after its receiver has returned it, and in any case before a question about the
 * transferred blocks is answered.
 */
export class Transfers {
  readonly #contract: Contract;
  /**
   * The pages that have tickets out, and the page that issues new tickets, by their
   * addresses.
   */
  readonly #pages = new Map<Address, LentPage>();
  #page: LentPage | undefined;
  /** Marks the pages of this heap. */
  readonly #number = Math.random();
  /** Blocks that came back and must still be freed: munmap may fail. */
  readonly #returned = new Set<Transferred>();
  /** The promises that wait until all blocks are back. */
  readonly #waiting = new Set<PromiseWithResolvers<void>>();

  /** @param contract The heap's blocks. */
  constructor(contract: Contract) {
    this.#contract = contract;
  }

  /** Lends the block of an allocation to the isolate that receives the message. */
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
    const transferred = new Transferred(page, message, trace);
    this.#contract.list.latest = NaN;
    this.#contract.list.pending = INTERRUPTED; // until the allocation here has ended
    this.#contract.own(address, transferred);
    page.out.set(message.ticket, transferred);
    if (!page.isWatched) this.#watch(page);
    return message;
  }

  /** Takes a block back that its receiver does not return, and frees it. */
  takeBack(given: AllocationMessage, receiverEnded: boolean): void {
    const message = requireMessage("take back", given);
    if (new TicketPage(message.page).owner !== this.#number) {
      throw ofAnotherHeap(message);
    }
    this.#contract.requireIdle();
    const transferred = this.#find(message);
    if (transferred) this.#recall(transferred, receiverEnded);
    const failures = this.#free();
    this.#report(failures, transferred);
    if (transferred && failures.has(transferred)) {
      throw failures.get(transferred);
    }
  }

  /** Resolves when no block is with another isolate. */
  returned(): Promise<void> {
    this.#contract.requireIdle();
    const waiting = Promise.withResolvers<void>();
    this.#waiting.add(waiting);
    this.#collect();
    return waiting.promise;
  }

  /** Refuses an action that would free memory that another isolate uses. */
  requireNone(action: string): void {
    if (this.#pages.size === 0 && this.#returned.size === 0) return;
    this.#contract.requireIdle();
    this.#collect();
    const out = [...this.#pages.values()]
      .flatMap((page) => [...page.out.values()])
      .map(({ message }) => message);
    if (out.length === 0) return;
    throw new UsageError(
      "in-use",
      `Cannot ${action}: ${out.length} of its blocks ${
        out.length === 1 ? "is" : "are"
      } with other isolates, ${
        listMessages(out)
      }; await heap.transfersReturned() first, or heap.takeBack() what a Worker that ` +
        "has ended did not return",
    );
  }

  /** Forgets the blocks that were to be freed: the heap is gone. */
  end(): void {
    this.#returned.clear();
  }

  #pageToUse(): LentPage {
    if (!this.#page || this.#page.isFull) {
      const page = new LentPage();
      page.owner = this.#number;
      this.#pages.set(page.place, page);
      this.#page = page; // last, so that a page whose making failed is not used
    }
    return this.#page;
  }

  /** The block of a message, unless it was freed since. */
  #find({ page, ticket }: AllocationMessage): Transferred | undefined {
    const place = placeOf(page);
    return this.#pages.get(place)?.out.get(ticket) ??
      [...this.#returned].find((returned) =>
        returned.page.place === place && returned.message.ticket === ticket
      );
  }

  /**
   * Takes a block back from its receiver.
   *
   * @throws {UsageError} If the receiver uses it, and has not ended.
   */
  #recall({ page, message }: Transferred, receiverEnded: boolean): void {
    const { ticket } = message;
    const state = page.takeBack(ticket, receiverEnded);
    if (state === TICKET.received) throw usedElsewhere(message);
    this.#takeReturned();
    // A Worker that is terminated while it returns a block may not get to list it.
    const isBack = state === TICKET.takenBack || receiverEnded;
    if (isBack) this.#mark(page, ticket);
  }

  /** Frees the blocks that come back to a page, until all are back. */
  async #watch(page: LentPage): Promise<void> {
    page.isWatched = true;
    while (page.out.size > 0) {
      await page.someReturned();
      this.#collect();
    }
    page.isWatched = false;
  }

  /** Frees the blocks that came back, and settles the promises that wait. */
  #collect(): void {
    this.#takeReturned();
    this.#report(this.#free());
  }

  /** Takes the tickets that the pages list as returned. */
  #takeReturned(): void {
    for (const page of this.#pages.values()) {
      for (const ticket of page.takeReturned()) this.#mark(page, ticket);
    }
  }

  /** Marks the block with this ticket to be freed, unless it was marked already. */
  #mark(page: LentPage, ticket: number): void {
    const transferred = page.out.get(ticket);
    if (!transferred) return;
    page.out.delete(ticket);
    if (page.isFull && page.out.size === 0) this.#pages.delete(page.place);
    this.#returned.add(transferred);
  }

  /** Frees the marked blocks. If the system refuses, a block stays marked. */
  #free(): Failures {
    const failures: Failures = new Map();
    for (const transferred of this.#returned) {
      try {
        if (this.#isStillThere(transferred)) {
          this.#contract.freeOwned(transferred.message.address);
        }
      } catch (failure) {
        failures.set(transferred, failure);
      }
      if (!this.#isStillThere(transferred)) this.#returned.delete(transferred);
    }
    return failures;
  }

  /** Whether the block is still live, and no other block is at its address. */
  #isStillThere(transferred: Transferred): boolean {
    return this.#contract.isStillOwned(
      transferred.message.address,
      transferred,
    );
  }

  /**
   * Settles the promises that wait. Damage that no caller gets as an error is printed,
   * since it is not found again.
   *
   * @param failures The errors of freeing blocks.
   * @param thrown The block whose error the caller throws.
   */
  #report(failures: Failures, thrown?: Transferred): void {
    const [first] = failures.keys();
    const isAwaited = this.#waiting.size > 0;
    for (const [transferred, failure] of failures) {
      const isReported = transferred === thrown ||
        (isAwaited && transferred === first);
      const isLeft = this.#returned.has(transferred);
      if (!isReported && !isLeft) printDamage(transferred, failure);
    }
    if (first) {
      this.#forWaiting((waiting) => waiting.reject(failures.get(first)));
    } else if (!this.#isAnyOut) {
      this.#forWaiting((waiting) => waiting.resolve());
    }
  }

  /** Whether any block is with another isolate. */
  get #isAnyOut(): boolean {
    return this.#pages.values().some(({ out }) => out.size > 0);
  }

  #forWaiting(act: (waiting: PromiseWithResolvers<void>) => void): void {
    for (const waiting of this.#waiting) act(waiting);
    this.#waiting.clear();
  }
}

/** The facts of an allocation that its message and its owner need. */
type Sent = Pick<OwnedBlock, "address" | "size" | "label" | "trace">;

/** A page with its blocks that have not come back yet, by their tickets. */
class LentPage extends TicketPage {
  readonly place = placeOf(this.shared);
  readonly out = new Map<number, Transferred>();
  /** Whether somebody waits for its tickets to come back. */
  isWatched = false;
}

/** The owner of a block that was transferred: it represents the isolate that has the block. */
class Transferred implements BlockOwner {
  readonly size: number;
  readonly label: string | undefined;
  readonly trace: StackTrace | undefined;
  readonly page: LentPage;
  readonly message: AllocationMessage;

  constructor(
    page: LentPage,
    message: AllocationMessage,
    trace: StackTrace | undefined,
  ) {
    this.size = message.size;
    this.label = message.label;
    this.trace = trace;
    this.page = page;
    this.message = message;
  }

  describe(): string {
    return `the transferred ${describeMessage(this.message)}`;
  }
}

function printDamage({ message }: Transferred, failure: unknown): void {
  printLine(
    `${
      describeMessage(message)
    } came back from another isolate, and when it was ` +
      `freed this was found: ${failure}`,
  );
}

function ofAnotherHeap(message: AllocationMessage): UsageError {
  return new UsageError(
    "not-owner",
    `Cannot take back ${
      describeMessage(message)
    }: another heap transferred it; ` +
      "call takeBack() of that heap",
  );
}

function usedElsewhere(message: AllocationMessage): UsageError {
  return new UsageError(
    "in-use",
    `Cannot take back ${
      describeMessage(message)
    }: another isolate has received it; ` +
      "dispose of it there, or pass { receiverEnded: true } once that Worker has ended",
  );
}

function listMessages(messages: readonly AllocationMessage[]): string {
  return listSome(messages.map(describeMessage));
}
