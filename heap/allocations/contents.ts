import { ArgumentError } from "../../errors/argument_error.ts";
import { numberRemedy, showValue } from "../../errors/messages.ts";
import type { Address } from "../../ffi/memory.ts";
import { isPointer, type Pointer } from "../../ffi/pointer.ts";
import { closeWindow, pageSize, windowOn } from "../../ffi/system.ts";
import { Allocation, blockOf } from "./allocation.ts";

/** The target of a pointer: an allocation, a pointer or an address; `null` is NULL. */
export type Pointee = Allocation | Pointer | Address;

/** A source of bytes to copy: a typed array, a `DataView`, or a buffer. */
export type ByteSource = ArrayBufferView | ArrayBufferLike;

/** Options of {@linkcode readString}. */
export interface ReadStringOptions {
  /**
   * The most bytes to read. Text without a NUL ends after this many bytes.
   *
   * @default {Infinity}
   */
  readonly maxLength?: number;
}

/**
 * Reads a C string: UTF-8 up to a NUL. Invalid UTF-8 is read as U+FFFD, including a
 * character that `maxLength` cuts in two.
 *
 * Reading from an {@linkcode Allocation} never goes past its end: an allocation without a
 * NUL needs a `maxLength` up to its size. A pointer or an address is trusted, as in C:
 * memory is read page by page up to the NUL. An unmapped page on the way ends the process,
 * so pass only pointers that C has just returned, and `maxLength` if the NUL may be
 * missing.
 *
 * @param source An allocation, a pointer, or an address.
 * @param options The most bytes to read.
 * @returns The text, without the NUL; `null` if `source` is NULL.
 * @throws {ArgumentError} If `source` has another type, `maxLength` is not a non-negative
 * safe integer or Infinity, or an allocation has no NUL.
 * @throws {UsageError} If the allocation was disposed of.
 *
 * @example Read what C returns
 * ```ts
 * import { Heap, readString } from "@osmem/osmem";
 * import { assertEquals } from "@std/assert";
 *
 * using heap = new Heap();
 * using text = heap.allocateString("good morning");
 * assertEquals(readString(text.pointer), "good morning");
 * assertEquals(readString(text, { maxLength: 4 }), "good");
 * assertEquals(readString(null), null);
 * ```
 */
export function readString(
  source: Allocation | NonNullable<Pointer>,
  options?: ReadStringOptions,
): string;
/**
 * Reads a C string that may be NULL, as `getenv` of C returns it.
 *
 * @param source An allocation, a pointer, or an address; `null` and 0 are NULL.
 * @param options The most bytes to read.
 * @returns The text, without the NUL; `null` if `source` is NULL.
 */
export function readString(
  source: Pointee,
  options?: ReadStringOptions,
): string | null;
export function readString(
  source: Pointee,
  options: ReadStringOptions = {},
): string | null {
  const { maxLength = Infinity } = options;
  if (
    !(maxLength === Infinity || Number.isSafeInteger(maxLength)) ||
    maxLength < 0
  ) {
    throw new ArgumentError(
      `Cannot read a string of at most ${
        showValue(maxLength)
      } bytes: expected a non-negative ` +
        `safe integer, or Infinity${numberRemedy(maxLength)}`,
    );
  }
  if (source instanceof Allocation) {
    return readFromAllocation(source, maxLength);
  }
  const address = Number(addressOfPointee(source, "read a string from"));
  return address === 0 ? null : readFromAddress(address, maxLength);
}

function readFromAllocation(source: Allocation, maxLength: number): string {
  blockOf(source)?.requireLive("read a string from");
  const bytes = source.bytes.subarray(0, maxLength);
  const end = bytes.indexOf(0);
  if (end < 0 && maxLength > source.size) throw unterminated(source, maxLength);
  return decode(end < 0 ? bytes : bytes.subarray(0, end));
}

function unterminated(source: Allocation, maxLength: number): ArgumentError {
  const beyond = maxLength === Infinity
    ? ""
    : `, and a maxLength of ${maxLength} reaches past its end`;
  return new ArgumentError(
    `Cannot read a string from ${
      Deno.inspect(source)
    }: there is no NUL in it${beyond}; ` +
      `give a maxLength of ${source.size} if the text may fill it`,
  );
}

function readFromAddress(address: Address, maxLength: number): string {
  const length = lengthAt(address, maxLength);
  if (length === 0) return "";
  const window = windowOn(address, length);
  try {
    return decode(new Uint8Array(window));
  } finally {
    closeWindow(window);
  }
}

/** strnlen(3), page by page: a page is read only if the pages before have no NUL. */
function lengthAt(address: Address, maxLength: number): number {
  const page = pageSize();
  let length = 0;
  while (length < maxLength) {
    const rest = page - (address + length) % page;
    const window = windowOn(
      address + length,
      Math.min(rest, maxLength - length),
    );
    const nul = new Uint8Array(window).indexOf(0);
    const shown = window.byteLength;
    closeWindow(window);
    if (nul >= 0) return length + nul;
    length += shown;
  }
  return length;
}

function decode(bytes: Uint8Array): string {
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
}

/**
 * Returns the address of a pointer's target. A bigint keeps all 64 bits.
 *
 * @param pointee The target; `null` or 0 for NULL.
 * @param action What the pointer is for, such as `"point to"`.
 * @throws {UsageError} If the target is an allocation that was disposed of.
 * @throws {ArgumentError} If the target has another type.
 */
export function addressOfPointee(pointee: Pointee, action: string): bigint {
  if (pointee instanceof Allocation) {
    blockOf(pointee)?.requireLive(action);
    return BigInt(pointee.address);
  }
  if (Number.isSafeInteger(pointee) && pointee as number >= 0) {
    return BigInt(pointee as number);
  }
  try {
    return Deno.UnsafePointer.value(pointee as Pointer);
  } catch (cause) {
    throw new ArgumentError(
      `Cannot ${action} ${
        showValue(pointee)
      }: expected an allocation, a pointer, ` +
        "null, or an address, a non-negative safe integer",
      { cause },
    );
  }
}

/**
 * Returns a view of the bytes of a source; nothing is copied.
 *
 * @throws {ArgumentError} If `source` has another type, or its buffer was transferred or
 * made so short that the view lies outside.
 */
export function bytesOf(source: ByteSource): Uint8Array<ArrayBufferLike> {
  if (ArrayBuffer.isView(source)) {
    if (!isWithinBuffer(source)) throw unusable(source);
    const { buffer, byteOffset, byteLength } = source;
    return new Uint8Array(buffer, byteOffset, byteLength);
  }
  if (source instanceof ArrayBuffer && source.detached) throw unusable(source);
  if (isBuffer(source)) return new Uint8Array(source, 0, source.byteLength);
  throw new ArgumentError(
    `Cannot allocate from ${showValue(source)}: expected a typed array, a ` +
      "DataView, an ArrayBuffer or a SharedArrayBuffer",
  );
}

/** Whether a view lies in its buffer. The length of an empty view does not show that. */
function isWithinBuffer(view: ArrayBufferView): boolean {
  try {
    if (view instanceof DataView) return view.byteLength >= 0;
    (view as Uint8Array).keys();
    return true;
  } catch {
    return false;
  }
}

function isBuffer(source: unknown): source is ArrayBufferLike {
  return source instanceof ArrayBuffer || source instanceof SharedArrayBuffer;
}

function unusable(source: ByteSource): ArgumentError {
  return new ArgumentError(
    `Cannot allocate from this ${source.constructor.name}: its bytes are gone, since ` +
      "its buffer was transferred or made shorter; copy the bytes before that",
  );
}

/**
 * Refuses an address that is not a number, and says how to get the address from it.
 *
 * @param action The verb of the refused action, such as `"free"`.
 * @throws {ArgumentError} If `address` is not a number.
 */
export function requireAddress(action: string, address: unknown): void {
  if (typeof address === "number") return;
  throw new ArgumentError(
    `Cannot ${action} ${showValue(address)}: expected an address, a number; ` +
      remedyFor(address),
  );
}

function remedyFor(address: unknown): string {
  if (address instanceof Allocation) {
    return "dispose of the allocation, resize it or read its bytes instead";
  }
  if (typeof address === "bigint") return "pass Number(address)";
  return isPointer(address)
    ? "pass heap.address(pointer)"
    : "pass what malloc, calloc or realloc of this heap returned";
}
