import { describeBlock, printLine } from "../../errors/messages.ts";
import { formatCalls, StackTrace } from "../../errors/stack_trace.ts";
import { UsageError } from "../../errors/usage_error.ts";
import { windowOn } from "../../ffi/system.ts";
import {
  Allocation,
  type BlockProvider,
  OwnedBlock,
  type OwnedBlockFacts,
} from "../allocations/allocation.ts";
import type { Leak } from "../heap_options.ts";
import { CELL_BYTES } from "../layout.ts";
import {
  type AllocationMessage,
  describeMessage,
  requireMessage,
  TICKET,
  TicketPage,
  type TicketState,
} from "./allocation_message.ts";

/**
 * Makes an allocation from a message of {@linkcode Heap.transfer} in another isolate.
 * Disposing of the allocation detaches its views and lets the owner free the memory. It
 * cannot be resized, since only the owner's isolate can change the heap.
 *
 * An allocation that is collected without being disposed of is reported on standard
 * error: its owner cannot free it.
 *
 * @param message The message, as it was posted.
 * @returns The allocation.
 * @throws {ArgumentError} If the message is not one of `transfer`, or was changed.
 * @throws {UsageError} If the message was received already, here or in another isolate,
 * or the owner took the allocation back.
 *
 * @example In a Worker
 * ```ts
 * import { type AllocationMessage, Heap, receiveAllocation } from "@osmem/osmem";
 * import { assertEquals } from "@std/assert";
 *
 * function onMessage({ data }: MessageEvent<AllocationMessage>): void {
 *   using frame = receiveAllocation(data);
 *   assertEquals([frame.bytes[0], frame.label], [7, "frame"]);
 * }
 *
 * // In the isolate that owns the heap, which would call worker.postMessage(data):
 * using heap = new Heap();
 * const frame = heap.allocate(64, { label: "frame" });
 * frame.bytes[0] = 7;
 * const data = heap.transfer(frame);
 * onMessage(new MessageEvent("message", { data }));
 * await heap.transfersReturned();
 * ```
 */
export function receiveAllocation(message: AllocationMessage): Allocation {
  const { address, size, label, page, ticket } = requireMessage(
    "receive",
    message,
  );
  const tickets = new TicketPage(page);
  const state = tickets.change(ticket, TICKET.sent, TICKET.received);
  if (state !== TICKET.sent) throw notReceivable(message, state as Received);
  const block = new ReceivedBlock(new Receiver(tickets, ticket), {
    address,
    size,
    alignment: CELL_BYTES,
    isZeroed: false,
    label,
    trace: new StackTrace(),
    isWatched: true,
  });
  return new Allocation(block, (leak) => {
    if (!block.isEnded) printNeverDisposed(leak); // else the owner took it back
  });
}

/**
 * A block of a heap in another isolate. The block ends when that heap takes it back.
 */
class ReceivedBlock extends OwnedBlock {
  readonly #receiver: Receiver;

  constructor(receiver: Receiver, block: OwnedBlockFacts) {
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
  }
}

/** Shows and returns the block of an allocation that was received. */
class Receiver implements BlockProvider {
  readonly #tickets: TicketPage;
  readonly #ticket: number;

  constructor(tickets: TicketPage, ticket: number) {
    this.#tickets = tickets;
    this.#ticket = ticket;
  }

  /** Whether the owner took the block back. */
  get isTakenBack(): boolean {
    return this.#tickets.state(this.#ticket) === TICKET.takenBack;
  }

  openWindow({ address, size }: OwnedBlock): ArrayBuffer {
    return windowOn(address, size);
  }

  resize(block: OwnedBlock): void {
    block.requireLive("resize");
    throw new UsageError(
      "not-owner",
      `Cannot resize ${block.describe()}: it was received from another isolate, and ` +
        "only that isolate can change its heap; allocate here and copy",
    );
  }

  release(block: OwnedBlock): void {
    if (block.isEnded) return;
    block.detach("give back");
    const what = "it was disposed of";
    const { isBusy } = block;
    block.end({ code: "disposed", what, trace: undefined }, isBusy);
    if (!isBusy) this.#tickets.giveBack(this.#ticket);
  }

  releaseLate(block: OwnedBlock): void {
    this.#tickets.giveBack(this.#ticket);
    block.endWaiting();
  }

  begin(): void {} // the owner keeps the memory until the ticket comes back

  finish(): void {}
}

function printNeverDisposed(leak: Leak): void {
  printLine(
    `leak: ${
      describeBlock("allocation", leak)
    }, which was received from another isolate, was ` +
      "collected without being disposed of: its owner cannot free it; declare it with " +
      `\`using\`. It was received at\n${formatCalls(leak.calls)}`,
  );
}

/** The states of a ticket that cannot be received any more. */
type Received = Exclude<
  TicketState,
  typeof TICKET.unused | typeof TICKET.sent
>;

const REASONS: Readonly<Record<Received, string>> = {
  [TICKET.received]:
    "it was received already; each message is for one receiver",
  [TICKET.returned]:
    "it was received already, and given back since; each message is for one receiver",
  [TICKET.takenBack]: "its owner took it back; transfer another allocation",
};

function notReceivable(
  message: AllocationMessage,
  state: Received,
): UsageError {
  return new UsageError(
    state === TICKET.takenBack ? "disposed" : "received",
    `Cannot receive ${describeMessage(message)}: ${REASONS[state]}`,
  );
}
