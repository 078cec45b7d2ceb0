import type { Address } from "../../ffi/memory.ts";
import { UsageError } from "../../errors/usage_error.ts";
import type { Contract } from "../contract.ts";
import type { OwnedBlock } from "../allocations/allocation.ts";
import type { StackTrace } from "../../errors/stack_trace.ts";
import type { BlockOwner } from "../inspection/invalid_pointer.ts";
import { describeBlock, printLine, showValue } from "../../errors/messages.ts";
import { isTicket, placeOf, TICKET, TicketPage } from "./ticket_page.ts";
import { ArgumentError } from "../../errors/argument_error.ts";

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
type Sent = Pick<OwnedBlock, "address" | "size" | "label" | "trace">;

/** How many an error names. */
const MOST_NAMED = 5;

/** A page with what did not come back yet of it, by the tickets. */
class LentPage extends TicketPage {
  readonly place = placeOf(this.shared);
  readonly out = new Map<number, Transferred>();
  /** Whether somebody waits for what comes back. */
  isWatched = false;
}

/** Holds a block for the isolate that it was transferred to. */
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

/** Why blocks that came back could not be freed, or what was found when they were. */
type Failures = Map<Transferred, unknown>;

/**
 * The blocks of a heap that other isolates hold. They are freed here, after the isolate
 * that holds one has said that it is done: by and by as it says so, and in any case
 * before this answers whether there are any.
 */
export class Transfers {
  readonly #contract: Contract;
  /**
   * Pages with tickets that are out, and the one that new tickets are taken from, by
   * where they lie.
   */
  readonly #pages = new Map<Address, LentPage>();
  #page: LentPage | undefined;
  /** Tells its pages from those of other heaps. */
  readonly #number = Math.random();
  /** Blocks that came back and are to be freed: the system may refuse a mapping. */
  readonly #returned = new Set<Transferred>();
  /** Those who wait for all to come back. */
  readonly #waiting = new Set<PromiseWithResolvers<void>>();

  /** @param contract Frees the blocks. */
  constructor(contract: Contract) {
    this.#contract = contract;
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
    const transferred = new Transferred(page, message, trace);
    this.#contract.own(address, transferred);
    page.out.set(message.ticket, transferred);
    if (!page.isWatched) this.#watch(page);
    return message;
  }

  /** Frees one that is not to come back. */
  takeBack(message: AllocationMessage, options: TakeBackOptions): void {
    requireMessage("take back", message);
    if (new TicketPage(message.page).owner !== this.#number) {
      throw ofAnotherHeap(message);
    }
    this.#contract.requireIdle();
    const transferred = this.#find(message);
    if (transferred) this.#recall(transferred, options.receiverEnded ?? false);
    const failures = this.#free();
    this.#tell(failures, transferred);
    if (transferred && failures.has(transferred)) {
      throw failures.get(transferred);
    }
  }

  /** Resolves when none is out. */
  returned(): Promise<void> {
    this.#contract.requireIdle();
    const waiting = Promise.withResolvers<void>();
    this.#waiting.add(waiting);
    this.#collect();
    return waiting.promise;
  }

  /** Refuses what would take memory away that another isolate holds. */
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
      this.#page.owner = this.#number;
      this.#pages.set(this.#page.place, this.#page);
    }
    return this.#page;
  }

  /** What was sent with this message, unless it is free since. */
  #find({ page, ticket }: AllocationMessage): Transferred | undefined {
    const place = placeOf(page);
    return this.#pages.get(place)?.out.get(ticket) ??
      [...this.#returned].find((returned) =>
        returned.page.place === place && returned.message.ticket === ticket
      );
  }

  /**
   * Makes sure that nobody else has a block.
   *
   * @throws {UsageError} If another isolate holds it, and did not end.
   */
  #recall({ page, message }: Transferred, receiverEnded: boolean): void {
    const { ticket } = message;
    const state = page.takeBack(ticket, receiverEnded);
    if (state === TICKET.received) throw heldElsewhere(message);
    this.#takeReturned();
    // A Worker that is terminated as it gives one back may not come to list it.
    const isBack = state === TICKET.takenBack || receiverEnded;
    if (isBack) this.#settle(page, ticket);
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
  #collect(): void {
    this.#takeReturned();
    this.#tell(this.#free());
  }

  /** Notes what is listed as returned. */
  #takeReturned(): void {
    for (const page of this.#pages.values()) {
      for (const ticket of page.takeReturned()) this.#settle(page, ticket);
    }
  }

  /** Notes that what has this ticket is to be freed, unless that was noted already. */
  #settle(page: LentPage, ticket: number): void {
    const transferred = page.out.get(ticket);
    if (!transferred) return;
    page.out.delete(ticket);
    if (page.isFull && page.out.size === 0) this.#pages.delete(page.place);
    this.#returned.add(transferred);
  }

  /** Frees what is to be freed. What the system refuses stays for the next time. */
  #free(): Failures {
    const failures: Failures = new Map();
    for (const transferred of this.#returned) {
      try {
        if (this.#holds(transferred)) {
          this.#contract.freeOwned(transferred.message.address);
        }
      } catch (failure) {
        failures.set(transferred, failure);
      }
      if (!this.#holds(transferred)) this.#returned.delete(transferred);
    }
    return failures;
  }

  /** Whether the block is still there, and no other at its address. */
  #holds(transferred: Transferred): boolean {
    const { address } = transferred.message;
    return this.#contract.isOwnedBy(address, transferred) &&
      !this.#contract.isGone(address);
  }

  /**
   * Tells those who wait. Damage that nobody is told is printed: it is not found again.
   *
   * @param failures What failed.
   * @param thrown The one whose failure is thrown.
   */
  #tell(failures: Failures, thrown?: Transferred): void {
    const [first] = failures.keys();
    const isAwaited = this.#waiting.size > 0;
    for (const [transferred, failure] of failures) {
      const isTold = transferred === thrown ||
        (isAwaited && transferred === first);
      const isLeft = this.#returned.has(transferred);
      if (!isTold && !isLeft) printDamage(transferred, failure);
    }
    if (first) {
      this.#answer((waiting) => waiting.reject(failures.get(first)));
    } else if (!this.#isOut) this.#answer((waiting) => waiting.resolve());
  }

  /** Whether other isolates hold blocks. */
  get #isOut(): boolean {
    return this.#pages.values().some(({ out }) => out.size > 0);
  }

  #answer(answer: (waiting: PromiseWithResolvers<void>) => void): void {
    for (const waiting of this.#waiting) answer(waiting);
    this.#waiting.clear();
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
      "ask that",
  );
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

/**
 * An allocation on its way to another isolate, made by {@linkcode Heap.transfer}. It is
 * plain data, to be posted as it is or as a part of a message of your own; nothing needs
 * to be transferred with it.
 */
export interface AllocationMessage {
  /** What it is. */
  readonly osmem: "allocation";
  /** The address of the first byte, which is the same in all isolates of a process. */
  readonly address: Address;
  /** Bytes that were asked for. */
  readonly size: number;
  /** What messages and reports call it. */
  readonly label: string | undefined;
  /** Where both sides note what became of it. */
  readonly page: SharedArrayBuffer;
  /** Its number on that page. */
  readonly ticket: number;
}

/** What it is, as in `allocation "frame" (64 bytes at 0x7f0000001020)`. */
export function describeMessage(message: AllocationMessage): string {
  return describeBlock("allocation", message);
}

/**
 * Refuses what no heap made.
 *
 * @param action What was to be done with it, as in `"receive"`.
 * @throws {ArgumentError} If a part is missing, or not what it was when it was made.
 */
export function requireMessage(
  action: string,
  message: unknown,
): AllocationMessage {
  const parts = Object(message) as Partial<AllocationMessage>;
  const wrong = wrongPart(parts);
  if (wrong === undefined) return parts as AllocationMessage;
  const found = typeof message === "object" && message !== null
    ? `its ${wrong} is ${showValue(parts[wrong])}`
    : `it is ${Deno.inspect(message)}`;
  throw new ArgumentError(
    `Cannot ${action} an allocation: ${found}; expected the whole message that ` +
      "heap.transfer() gave, as it was posted",
  );
}

function wrongPart(
  { osmem, address, size, label, page, ticket }: Partial<AllocationMessage>,
): keyof AllocationMessage | undefined {
  if (osmem !== "allocation") return "osmem";
  if (!isWhole(address) || address === 0) return "address";
  if (!isWhole(size)) return "size";
  if (label !== undefined && typeof label !== "string") return "label";
  if (!(page instanceof SharedArrayBuffer)) return "page";
  if (!isWhole(ticket) || !isTicket(page, ticket)) return "ticket";
  const noted = new TicketPage(page).noted(ticket);
  if (!noted) return "ticket";
  if (address !== noted.address) return "address";
  return size === noted.size ? undefined : "size";
}

function isWhole(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
