import type { BlockName } from "../trace_builder.ts";
import type { LineCursor } from "./line_cursor.ts";

/** The name of the block at an address; 0 is NULL. */
export function nullIfZero(address: number): BlockName {
  return address === 0 ? null : address;
}

/**
 * Refuses a call that succeeded although no machine has that much memory. It is
 * also more than a number of JavaScript counts exactly.
 *
 * @param cursor The line, for the message.
 * @param bytes What was asked for.
 * @param position Where the result stands.
 * @throws {TraceError} If it is 2^53 bytes or more.
 */
export function requirePossible(
  cursor: LineCursor,
  bytes: number,
  position: number,
): void {
  if (Number.isSafeInteger(bytes)) return;
  cursor.fail("NULL, as the size is 2^53 bytes or more", position);
}
