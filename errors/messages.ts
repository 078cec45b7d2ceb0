import type { Address } from "../ffi/memory.ts";

/**
 * A wrong argument as messages show it, so that one can tell `"64"` and `64n` from 64.
 */
export function showValue(value: unknown): string {
  return Deno.inspect(value, { depth: 0 });
}

/** What to do about a value that is no number, behind what was expected. */
export function numberRemedy(value: unknown): string {
  return typeof value === "bigint" ? "; convert it with Number()" : "";
}

/**
 * Writes an address the way C's `%p` does: `0x7f0012345678`. A pointer above
 * `PTRDIFF_MAX`, which comes from C as a negative number, is written as C has it.
 */
export function formatAddress(address: Address): string {
  const hexadecimal = address < 0
    ? BigInt.asUintN(64, BigInt(address))
    : address;
  return `0x${hexadecimal.toString(16)}`;
}

/** Writes a number of bytes: `1 byte`, `64 bytes`. */
export function formatBytes(count: number): string {
  return `${count} ${count === 1 ? "byte" : "bytes"}`;
}

/** What messages say of a block. */
export interface DescribedBlock {
  /** What the user calls it. */
  readonly label: string | undefined;
  /** Bytes that were asked for. */
  readonly size: number;
  /** Its payload. */
  readonly address: Address;
}

/** So many characters of a label are shown: messages name several blocks. */
const MOST_SHOWN = 60;

/**
 * What a block is, as in `allocation "frame" (64 bytes at 0x7f0000001020)`.
 *
 * @param kind What it is called, as in `"allocation"`.
 */
export function describeBlock(
  kind: string,
  { label, size, address }: DescribedBlock,
): string {
  return `${kind}${named(label)} (${formatBytes(size)} at ${
    formatAddress(address)
  })`;
}

/** A label behind a word, as in ` "frame"`; nothing if there is none. */
export function named(label: string | undefined): string {
  return label === undefined ? "" : ` ${quoteLabel(label)}`;
}

/**
 * A label in quotes, in one line that a terminal shows as it is: control characters are
 * escaped, and long labels shortened.
 */
export function quoteLabel(label: string): string {
  return JSON.stringify(shortened(label)).replace(
    /[\p{Cc}\u2028\u2029]/gu,
    (control) => `\\u${control.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

function shortened(label: string): string {
  if (label.length <= MOST_SHOWN) return label;
  const first = [...label.slice(0, 2 * MOST_SHOWN + 2)]; // a character takes up to 2
  return first.length > MOST_SHOWN
    ? `${first.slice(0, MOST_SHOWN - 1).join("")}…`
    : label;
}

/** Writes a line to standard error, after the name `osmem`; nobody may listen. */
export function printLine(text: string): void {
  try {
    Deno.stderr.writeSync(new TextEncoder().encode(`osmem: ${text}\n`));
  } catch {
    // Nobody listens.
  }
}
