/**
 * What two isolates share of a transferred allocation: the message that one posts and the
 * other receives, and the page of tickets on which both note what became of it.
 *
 * @module
 */
import { ArgumentError } from "../../errors/argument_error.ts";
import { describeBlock, showValue } from "../../errors/messages.ts";
import type { Address } from "../../ffi/memory.ts";
import { addressOf } from "../../ffi/pointer.ts";

/**
 * An allocation on its way to another isolate, made by {@linkcode Heap.transfer}. It is
 * plain data, to be posted as it is or as a part of a message of your own; nothing needs
 * to be transferred with it.
 */
export interface AllocationMessage {
  /** Marks the message as one of osmem. */
  readonly osmem: "allocation";
  /** The address of the first byte, which all isolates of a process share. */
  readonly address: Address;
  /** Bytes that were asked for. */
  readonly size: number;
  /** The allocation's label in messages and reports. */
  readonly label: string | undefined;
  /** The page on which both sides note what became of the allocation. */
  readonly page: SharedArrayBuffer;
  /** The allocation's number on that page. */
  readonly ticket: number;
}

/** Describes the allocation, as in `allocation "frame" (64 bytes at 0x7f0000001020)`. */
export function describeMessage(message: AllocationMessage): string {
  return describeBlock("allocation", message);
}

/**
 * Refuses a message that no heap made. Each part is read once, here, since a getter may
 * give another value the next time.
 *
 * @param action What the caller does with it, as in `"receive"`.
 * @returns The parts that were checked.
 * @throws {ArgumentError} If a part is missing, or was changed since it was made.
 */
export function requireMessage(
  action: string,
  message: unknown,
): AllocationMessage {
  const { osmem, address, size, label, page, ticket }: AllocationMessage =
    Object(message);
  const parts = { osmem, address, size, label, page, ticket };
  const wrong = wrongPart(parts);
  if (wrong === undefined) return parts;
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

/** Whether a buffer can be a page that has this ticket. */
function isTicket(page: SharedArrayBuffer, ticket: number): boolean {
  return page.byteLength === PAGE_BYTES && ticket >= 1 && ticket <= TICKETS;
}

/** What became of an allocation that was transferred. */
export const TICKET = {
  /** No allocation has this ticket. */
  unused: 0,
  /** No isolate has received it yet. */
  sent: 1,
  /** Another isolate has received it. */
  received: 2,
  /** The receiver has disposed of it. */
  returned: 3,
  /** Its owner has taken it back. */
  takenBack: 4,
} as const;

/** One of {@linkcode TICKET}. */
export type TicketState = typeof TICKET[keyof typeof TICKET];

/** A page's number of tickets. None is used twice, so that no old message counts. */
const TICKETS = 1024;

const ENTRY_BYTES = 24;
const ENTRY_WORDS = ENTRY_BYTES / 4;
const ENTRY_NUMBERS = ENTRY_BYTES / 8;

const PAGE_BYTES = ENTRY_BYTES * (1 + TICKETS);

/** The word with the ticket that was returned last. */
const LATEST = 0;

/** The number that says which heap's page it is. */
const OWNER = 1;

/** Ends the list of returned tickets: no ticket has this number. */
const NO_TICKET = 0;

/** A block as a page notes it. */
interface NotedBlock {
  /** The address of the first byte. */
  readonly address: Address;
  /** Bytes that were asked for. */
  readonly size: number;
}

/**
 * Memory that the owner of transferred allocations shares with their receivers, to note
 * what became of each. A message port for each would take five times as long, and would
 * not say when the Worker at its other end is gone.
 *
 * The returned tickets form a list, which the owner takes as a whole. The block of each
 * ticket stands beside its state, so that a changed message is detected.
 *
 * ```text
 *  0        4        8                16               24 bytes
 *  │ latest │        │ owner          │                │   the page
 *  │ state  │ next   │ address        │ size           │   ticket 1
 *  │ state  │ next   │ address        │ size           │   ticket 2 …
 *    32-bit words      64-bit floating-point numbers
 * ```
 */
export class TicketPage {
  /** The memory itself, which is part of each message. */
  readonly shared: SharedArrayBuffer;
  readonly #words: Int32Array<SharedArrayBuffer>;
  readonly #numbers: Float64Array<SharedArrayBuffer>;
  #sent = 0;

  /** @param shared A page that another isolate made; by default a new page is made. */
  constructor(shared = new SharedArrayBuffer(PAGE_BYTES)) {
    this.shared = shared;
    this.#words = new Int32Array(shared);
    this.#numbers = new Float64Array(shared);
  }

  /** The number of the heap that made it. */
  get owner(): number {
    return this.#numbers[OWNER]!;
  }

  set owner(number: number) {
    this.#numbers[OWNER] = number;
  }

  /** Whether every ticket was used. */
  get isFull(): boolean {
    return this.#sent === TICKETS;
  }

  /** Issues a ticket that was not used yet. */
  issue({ address, size }: NotedBlock): number {
    const ticket = ++this.#sent;
    this.#numbers[addressOfTicket(ticket)] = address;
    this.#numbers[sizeOfTicket(ticket)] = size;
    Atomics.store(this.#words, stateOf(ticket), TICKET.sent);
    return ticket;
  }

  /** What became of the block with this ticket. */
  state(ticket: number): TicketState {
    return Atomics.load(this.#words, stateOf(ticket)) as TicketState;
  }

  /** The block with this ticket; none if the ticket was not issued. */
  noted(ticket: number): NotedBlock | undefined {
    if (this.state(ticket) === TICKET.unused) return undefined;
    return {
      address: this.#numbers[addressOfTicket(ticket)]!,
      size: this.#numbers[sizeOfTicket(ticket)]!,
    };
  }

  /** Changes a ticket's state if it is `from`. Returns the state before. */
  change(ticket: number, from: TicketState, to: TicketState): TicketState {
    const word = stateOf(ticket);
    return Atomics.compareExchange(this.#words, word, from, to) as TicketState;
  }

  /**
   * Takes a ticket back that no isolate has received, or also a received one.
   *
   * @returns Its state now.
   */
  takeBack(ticket: number, evenReceived: boolean): TicketState {
    this.change(ticket, TICKET.sent, TICKET.takenBack);
    if (evenReceived) this.change(ticket, TICKET.received, TICKET.takenBack);
    Atomics.notify(this.#words, LATEST); // wakes whoever waits for this ticket
    return this.state(ticket);
  }

  /**
   * Returns a received ticket to the owner, unless the owner has taken it back. Only the
   * first ticket of a list wakes the owner, which takes the whole list.
   */
  giveBack(ticket: number): void {
    if (
      this.change(ticket, TICKET.received, TICKET.returned) !== TICKET.received
    ) return;
    let latest: number;
    do {
      latest = Atomics.load(this.#words, LATEST);
      Atomics.store(this.#words, nextOf(ticket), latest);
    } while (
      Atomics.compareExchange(this.#words, LATEST, latest, ticket) !== latest
    );
    if (latest === NO_TICKET) Atomics.notify(this.#words, LATEST);
  }

  /** Takes the list of the tickets that were returned since this was last called. */
  takeReturned(): number[] {
    const tickets: number[] = [];
    let ticket = Atomics.exchange(this.#words, LATEST, NO_TICKET);
    while (ticket !== NO_TICKET) {
      tickets.push(ticket);
      ticket = Atomics.load(this.#words, nextOf(ticket));
    }
    return tickets;
  }

  /** Waits until a ticket is returned. This does not keep the process alive. */
  async someReturned(): Promise<void> {
    await Atomics.waitAsync(this.#words, LATEST, NO_TICKET).value;
  }
}

/**
 * The address of a page, which all isolates share. No other page has it for as long as
 * somebody has a message with this page.
 */
export function placeOf(page: SharedArrayBuffer): Address {
  return addressOf(Deno.UnsafePointer.of(new Uint8Array(page)));
}

function stateOf(ticket: number): number {
  return ENTRY_WORDS * ticket;
}

function nextOf(ticket: number): number {
  return ENTRY_WORDS * ticket + 1;
}

function addressOfTicket(ticket: number): number {
  return ENTRY_NUMBERS * ticket + 1;
}

function sizeOfTicket(ticket: number): number {
  return ENTRY_NUMBERS * ticket + 2;
}
