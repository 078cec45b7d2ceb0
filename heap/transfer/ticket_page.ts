/** What became of an allocation that was transferred. */
export const TICKET = {
  /** Nobody received it yet. */
  sent: 0,
  /** Another isolate holds it. */
  received: 1,
  /** That disposed of it. */
  returned: 2,
  /** Its owner took it back. */
  takenBack: 3,
} as const;

/** One of {@linkcode TICKET}. */
export type TicketState = typeof TICKET[keyof typeof TICKET];

/** How many tickets a page has. None is used twice, so that no old message counts. */
const TICKETS = 1024;

/** The word that leads to the ticket that was returned last. */
const LATEST = 0;

/** Ends the list of those that were returned: no ticket has this number. */
const NO_TICKET = 0;

const PAGE_BYTES = 4 * (1 + 2 * TICKETS);

/** Whether a page, if it is one, has this ticket. */
export function isTicket(page: SharedArrayBuffer, ticket: number): boolean {
  return page.byteLength === PAGE_BYTES && ticket >= 1 && ticket <= TICKETS;
}

/**
 * Memory of JavaScript that the owner of transferred allocations shares with those who
 * receive them, to note what became of each. A message port for each would take five
 * times as long, and does not tell when the Worker at its other end is gone.
 *
 * Those that were returned form a list, which the owner takes as a whole:
 *
 * ```text
 *            ┌───────────────┐          ┌────────┐
 *  │ latest ─┘│ state │ next │ state │ next ─┘ │ state │ next │ …   32-bit words
 *  0          1              3                 5
 *             ticket 1       ticket 2          ticket 3
 * ```
 */
export class TicketPage {
  /** What goes with each message. */
  readonly shared: SharedArrayBuffer;
  readonly #words: Int32Array<SharedArrayBuffer>;
  #sent = 0;

  /** @param shared A page that another isolate made; a new one without it. */
  constructor(shared = new SharedArrayBuffer(PAGE_BYTES)) {
    this.shared = shared;
    this.#words = new Int32Array(shared);
  }

  /** Whether every ticket was used. */
  get isFull(): boolean {
    return this.#sent === TICKETS;
  }

  /** A ticket that was not used yet. */
  next(): number {
    return ++this.#sent;
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
    return Atomics.load(this.#words, stateOf(ticket)) as TicketState;
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
  return 2 * ticket - 1;
}

function nextOf(ticket: number): number {
  return 2 * ticket;
}
