import { ArgumentError } from "../../ffi/argument_error.ts";
import type { Address } from "../../ffi/memory.ts";
import { showValue } from "../../ffi/show_value.ts";
import { describeBlock } from "../describe_block.ts";
import { isTicket, TicketPage } from "./ticket_page.ts";

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
