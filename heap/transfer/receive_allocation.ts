import { windowOn } from "../../ffi/system.ts";
import { UsageError } from "../../errors/usage_error.ts";
import {
  Allocation,
  type HeldBlock,
  Holding,
  type HoldingOwner,
} from "../allocations/allocation.ts";
import { formatCalls, StackTrace } from "../../errors/stack_trace.ts";
import { describeBlock, printLine } from "../../errors/messages.ts";
import type { Leak } from "../leaks/leak_report.ts";
import { forgetCollected, reportCollected } from "../leaks/report_leaks.ts";
import { CELL_BYTES } from "../layout.ts";
import {
  type AllocationMessage,
  describeMessage,
  requireMessage,
} from "./transfers.ts";
import { TICKET, TicketPage, type TicketState } from "./ticket_page.ts";

/**
 * Makes an allocation of a message that {@linkcode Heap.transfer} gave in another
 * isolate. Disposing of it detaches its views and lets the owner free the memory. It
 * cannot be resized, since only the owner's isolate can change the heap that it lies in.
 *
 * One that is collected without being disposed of is reported on standard error: its
 * owner cannot free it.
 *
 * @param message The message, as it was posted.
 * @returns The allocation.
 * @throws {ArgumentError} If it is no such message, or not as it was when it was made.
 * @throws {UsageError} If it was received already, here or elsewhere, or its owner took
 * it back.
 *
 * @example In a Worker
 * ```ts
 * import { type AllocationMessage, receiveAllocation } from "@osmem/osmem";
 *
 * addEventListener("message", (event) => {
 *   const { data } = event as MessageEvent<AllocationMessage>;
 *   using frame = receiveAllocation(data);
 *   frame.bytes.fill(7);
 * });
 * ```
 */
export function receiveAllocation(message: AllocationMessage): Allocation {
  const { address, size, label, page, ticket } = requireMessage(
    "receive",
    message,
  );
  const tickets = new TicketPage(page);
  const state = tickets.change(ticket, TICKET.sent, TICKET.received);
  if (state !== TICKET.sent) throw notToBeReceived(message, state as Received);
  const holding = new ReceivedHolding(new Receiver(tickets, ticket), {
    address,
    size,
    alignment: CELL_BYTES,
    isZeroed: false,
    label,
    trace: new StackTrace(),
  });
  const allocation = new Allocation(holding);
  reportCollected(allocation, holding, (leak) => {
    if (!holding.isEnded) printNeverDisposed(leak); // else its owner took it back
  });
  return allocation;
}

/**
 * A block that another isolate owns. It ends when that takes it back, which it does once
 * it was told that nobody uses the block any more.
 */
class ReceivedHolding extends Holding {
  readonly #receiver: Receiver;

  constructor(receiver: Receiver, block: HeldBlock) {
    super(receiver, block);
    this.#receiver = receiver;
  }

  override get isEnded(): boolean {
    this.#endIfTakenBack();
    return super.isEnded;
  }

  override requireLive(action: string): void {
    this.#endIfTakenBack();
    super.requireLive(action);
  }

  override summary(): string {
    this.#endIfTakenBack();
    return super.summary();
  }

  #endIfTakenBack(): void {
    if (!this.#receiver.isTakenBack) return;
    const what = "its owner took it back";
    this.end({ code: "disposed", what, trace: undefined });
    forgetCollected(this);
  }
}

/** What is done with an allocation on the side that received it. */
class Receiver implements HoldingOwner {
  readonly #tickets: TicketPage;
  readonly #ticket: number;

  constructor(tickets: TicketPage, ticket: number) {
    this.#tickets = tickets;
    this.#ticket = ticket;
  }

  /** Whether the owner took it back. */
  get isTakenBack(): boolean {
    return this.#tickets.state(this.#ticket) === TICKET.takenBack;
  }

  openWindow({ address, size }: Holding): ArrayBuffer {
    return windowOn(address, size);
  }

  resize(holding: Holding): void {
    holding.requireLive("resize");
    throw new UsageError(
      "not-owner",
      `Cannot resize ${holding.describe()}: it was received from another isolate, and ` +
        "only that can change its heap; allocate here and copy",
    );
  }

  release(holding: Holding): void {
    if (holding.isEnded) return;
    holding.requireNotTaken("give back");
    const what = "it was disposed of";
    holding.end({ code: "disposed", what, trace: undefined });
    forgetCollected(holding);
    this.#tickets.giveBack(this.#ticket);
  }
}

function printNeverDisposed(leak: Leak): void {
  printLine(
    `leak: ${
      describeBlock("allocation", leak)
    }, which was received from another isolate, was ` +
      "collected without being disposed of: its owner cannot free it; hold it with " +
      `\`using\`. It was received at\n${formatCalls(leak.calls)}`,
  );
}

/** What a ticket is that was received, or taken back. */
type Received = Exclude<TicketState, Receivable>;
type Receivable = typeof TICKET.unused | typeof TICKET.sent;

const REASONS: Readonly<Record<Received, string>> = {
  [TICKET.received]:
    "it was received already; each message is for one receiver",
  [TICKET.returned]:
    "it was received already, and given back since; each message is for one receiver",
  [TICKET.takenBack]: "its owner took it back; let that transfer another one",
};

function notToBeReceived(
  message: AllocationMessage,
  state: Received,
): UsageError {
  return new UsageError(
    state === TICKET.takenBack ? "disposed" : "received",
    `Cannot receive ${describeMessage(message)}: ${REASONS[state]}`,
  );
}
