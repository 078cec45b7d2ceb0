import { ArgumentError } from "../../errors/argument_error.ts";
import { numberRemedy, showValue } from "../../errors/messages.ts";

/** How memory is allocated that has its content from the start. */
export interface ContentOptions {
  /**
   * The address is a multiple of this many bytes: a power of two up to a page, 4096.
   *
   * @default {8}
   */
  readonly align?: number;
  /** What messages and reports call it. */
  readonly label?: string;
}

/** How {@linkcode Allocator.allocate} allocates. */
export interface AllocationOptions extends ContentOptions {
  /**
   * Whether all bytes are 0, also those that it grows by later. Without it they are
   * whatever was there before.
   *
   * @default {false}
   */
  readonly zero?: boolean;
}

/** How {@linkcode Allocator.allocatePointers} allocates. */
export interface PointersOptions extends ContentOptions {
  /**
   * Whether a NULL follows the last pointer, as C wants it in `argv` and `environ`.
   *
   * @default {false}
   */
  readonly terminate?: boolean;
}

/** How {@linkcode Allocator.scope} makes a scope. */
export interface ScopeOptions {
  /** What messages call it. */
  readonly label?: string;
}

/** The largest alignment: a page of every Linux machine holds it. */
const MOST_ALIGNMENT = 4096;

/**
 * Refuses what is not a power of two up to a page.
 *
 * @throws {ArgumentError} If it is not.
 */
export function requireAlignment(align: number): void {
  const isPower = Number.isInteger(align) && align >= 1 &&
    align <= MOST_ALIGNMENT && (align & (align - 1)) === 0;
  if (isPower) return;
  throw new ArgumentError(
    `Cannot align an allocation to ${
      showValue(align)
    } bytes: expected a power of ` +
      `two from 1 to ${MOST_ALIGNMENT}${numberRemedy(align)}`,
  );
}

/**
 * Refuses a label that is no string: other values need not survive being posted.
 *
 * @throws {ArgumentError} If it is no string.
 */
export function requireLabel(label: unknown): void {
  if (typeof label === "string") return;
  throw new ArgumentError(
    `Cannot label an allocation ${Deno.inspect(label)}: expected a string`,
  );
}
