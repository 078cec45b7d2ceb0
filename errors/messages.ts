/**
 * How messages show values, addresses, sizes and blocks, and how a line is printed
 * where no error can be thrown. An address is a number here, as everywhere.
 *
 * @module
 */

/** Shows a wrong argument so that `"64"` and `64n` can be told from 64. */
export function showValue(value: unknown): string {
  return showPointer(value) ?? Deno.inspect(value, { depth: 0 });
}

/**
 * Shows a pointer of Deno's FFI as `pointer 0x7f0012345678`: inspected, it would be
 * `[Object: null prototype] {}`. Returns `undefined` for any other value, `null` included.
 */
export function showPointer(value: unknown): string | undefined {
  const isBare = typeof value === "object" && value !== null &&
    Object.getPrototypeOf(value) === null;
  if (!isBare || !mayUsePointers()) return undefined;
  try {
    const address = Deno.UnsafePointer.value(value as Deno.PointerObject);
    return `pointer 0x${address.toString(16)}`;
  } catch {
    return undefined; // an object without a prototype, but no pointer
  }
}

/** Asking for the address of a pointer without the permission would prompt the user. */
function mayUsePointers(): boolean {
  return Deno.permissions.querySync({ name: "ffi" }).state === "granted";
}

/** The end of a message about a bigint where a number is expected; else nothing. */
export function numberRemedy(value: unknown): string {
  return typeof value === "bigint" ? "; convert it with Number()" : "";
}

/**
 * Writes an address the way C's `%p` does: `0x7f0012345678`. A pointer above
 * `PTRDIFF_MAX` comes from C as a negative number and is written as C has it.
 */
export function formatAddress(address: number): string {
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
interface DescribedBlock {
  /** The name that the program gave it. */
  readonly label: string | undefined;
  /** Bytes that were asked for. */
  readonly size: number;
  /** The address of its payload. */
  readonly address: number;
}

/** How many things an error names. */
const MOST_NAMED = 5;

/** Lists the first of the things that an error is about, and counts the others. */
export function listSome(descriptions: readonly string[]): string {
  const first = descriptions.slice(0, MOST_NAMED).join(", ");
  const more = descriptions.length - MOST_NAMED;
  return more > 0 ? `${first} and ${more} more` : first;
}

/**
 * Describes a block, as in `allocation "frame" (64 bytes at 0x7f0000001020)`.
 *
 * @param kind The word for it, as in `"allocation"`.
 */
export function describeBlock(
  kind: string,
  { label, size, address }: DescribedBlock,
): string {
  return `${kind}${named(label)} (${formatBytes(size)} at ${
    formatAddress(address)
  })`;
}

/** A label as it follows a word, as in ` "frame"`; nothing without a label. */
export function named(label: string | undefined): string {
  return label === undefined ? "" : ` ${quoteLabel(label)}`;
}

/**
 * A label in quotes, on one line, safe to print on a terminal: control characters are
 * escaped, and long labels are shortened.
 */
export function quoteLabel(label: string): string {
  return JSON.stringify(shortened(label)).replace(
    /[\p{Cc}\u2028\u2029]/gu,
    (control) => `\\u${control.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** The most characters of a label that are shown: messages name several blocks. */
const MOST_SHOWN = 60;

function shortened(label: string): string {
  if (label.length <= MOST_SHOWN) return label;
  const first = [...label.slice(0, 2 * MOST_SHOWN + 2)]; // a character takes up to 2
  return first.length > MOST_SHOWN
    ? `${first.slice(0, MOST_SHOWN - 1).join("")}…`
    : label;
}

/** Writes a line to standard error, after the name `osmem`. It never throws. */
export function printLine(text: string): void {
  try {
    Deno.stderr.writeSync(new TextEncoder().encode(`osmem: ${text}\n`));
  } catch {
    // Standard error may be closed.
  }
}
