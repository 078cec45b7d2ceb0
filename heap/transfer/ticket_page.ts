import { addressOf } from "../../ffi/pointer.ts";
import type { Address } from "../../ffi/memory.ts";

/** What became of an allocation that was transferred. */
export const TICKET = {
  /** There is none with this ticket. */
  unused: 0,
  /** Nobody received it yet. */
  sent: 1,
  /** Another isolate holds it. */
  received: 2,
  /** That disposed of it. */
  returned: 3,
  /** Its owner took it back. */
  takenBack: 4,
} as const;

/** One of {@linkcode TICKET}. */
export type TicketState = typeof TICKET[keyof typeof TICKET];

/** How many tickets a page has. None is used twice, so that no old message counts. */
const TICKETS = 1024;

/** The word that leads to the ticket that was returned last. */
const LATEST = 0;

/** The number that tells whose page it is. */
const OWNER = 1;

/** Ends the list of those that were returned: no ticket has this number. */
const NO_TICKET = 0;

const ENTRY_BYTES = 24;
const ENTRY_WORDS = ENTRY_BYTES / 4;
const ENTRY_NUMBERS = ENTRY_BYTES / 8;

const PAGE_BYTES = ENTRY_BYTES * (1 + TICKETS);

/** A block as a page notes it. */
export interface NotedBlock {
  /** The address of the first byte. */
  readonly address: Address;
  /** Bytes that were asked for. */
  readonly size: number;
}

/** Whether a page, if it is one, has this ticket. */
export function isTicket(page: SharedArrayBuffer, ticket: number): boolean {
  return page.byteLength === PAGE_BYTES && ticket >= 1 && ticket <= TICKETS;
}

/**
 * Where a page lies, which is the same in all isolates. It differs from where any other
 * page lies for as long as somebody has a message with this one.
 */
export function placeOf(page: SharedArrayBuffer): Address {
  return addressOf(Deno.UnsafePointer.of(new Uint8Array(page)));
}

/**
 * Memory of JavaScript that the owner of transferred allocations shares with those who
 * receive them, to note what became of each. A message port for each would take five
 * times as long, and does not tell when the Worker at its other end is gone.
 *
 * Those that were returned form a list, which the owner takes as a whole. What each
 * ticket is for stands beside its state, so that a message that was changed is told.
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
  /** What goes with each message. */
  readonly shared: SharedArrayBuffer;
  readonly #words: Int32Array<SharedArrayBuffer>;
  readonly #numbers: Float64Array<SharedArrayBuffer>;
  #sent = 0;

  /** @param shared A page that another isolate made; a new one without it. */
  constructor(shared = new SharedArrayBuffer(PAGE_BYTES)) {
    this.shared = shared;
    this.#words = new Int32Array(shared);
    this.#numbers = new Float64Array(shared);
  }

  /** The number that its owner gave itself. */
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

  /** The block with this ticket; none if that was not issued. */
  noted(ticket: number): NotedBlock | undefined {
    if (this.state(ticket) === TICKET.unused) return undefined;
    return {
      address: this.#numbers[addressOfTicket(ticket)]!,
      size: this.#numbers[sizeOfTicket(ticket)]!,
    };
  }

  /** Changes a state from one to another, if it is that. Returns what it was. */
  change(ticket: number, from: TicketState, to: TicketState): TicketState {
    const word = stateOf(ticket);
    return Atomics.compareExchange(this.#words, word, from, to) as TicketState;
  }

  /**
   * Takes a ticket back that nobody received, or received ones as well.
   *
   * @returns Its state now.
   */
  takeBack(ticket: number, evenReceived: boolean): TicketState {
    this.change(ticket, TICKET.sent, TICKET.takenBack);
    if (evenReceived) this.change(ticket, TICKET.received, TICKET.takenBack);
    Atomics.notify(this.#words, LATEST); // for whoever waits for it
    return this.state(ticket);
  }

  /**
   * Returns a ticket that was received to the owner, unless that took it back. The owner
   * is woken for the first one: it takes the whole list.
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

  /** The tickets that were returned since this was last asked. */
  takeReturned(): number[] {
    const tickets: number[] = [];
    let ticket = Atomics.exchange(this.#words, LATEST, NO_TICKET);
    while (ticket !== NO_TICKET) {
      tickets.push(ticket);
      ticket = Atomics.load(this.#words, nextOf(ticket));
    }
    return tickets;
  }

  /** Waits until a ticket was returned. That does not keep the process alive. */
  async someReturned(): Promise<void> {
    await Atomics.waitAsync(this.#words, LATEST, NO_TICKET).value;
  }
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
