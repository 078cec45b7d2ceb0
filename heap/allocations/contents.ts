import { ArgumentError } from "../../errors/argument_error.ts";
import type { Address } from "../../ffi/memory.ts";
import { isPointer, type Pointer } from "../../ffi/pointer.ts";
import { Allocation, blockOf } from "./allocation.ts";
import { numberRemedy, showValue } from "../../errors/messages.ts";
import { closeWindow, pageSize, windowOn } from "../../ffi/system.ts";

/** What C is given a pointer to: an allocation, a pointer, an address; `null` is NULL. */
export type Pointee = Allocation | Pointer | Address;

/**
 * The address of what a pointer is to lead to, with all its bits.
 *
 * @param pointee What it leads to; `null` or 0 for NULL.
 * @param action What the pointer is for, as in `"point to"`.
 * @throws {UsageError} If it is an allocation that was disposed of.
 * @throws {ArgumentError} If it is nothing that a pointer leads to.
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
        Deno.inspect(pointee)
      }: expected an allocation, a pointer, ` +
        "null, or an address, a non-negative safe integer",
      { cause },
    );
  }
}

/** Bytes that can be copied: a typed array, a `DataView`, or a buffer. */
export type ByteSource = ArrayBufferView | ArrayBufferLike;

/**
 * The bytes of a source as they are now; nothing is copied.
 *
 * @throws {ArgumentError} If it is no such source, or its buffer was transferred, or
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
    `Cannot allocate from ${Deno.inspect(source)}: expected a typed array, a ` +
      "DataView, an ArrayBuffer or a SharedArrayBuffer",
  );
}

/** What a view of no bytes does not tell: whether its bytes are gone. */
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
      "its buffer was transferred or made shorter; copy them before that",
  );
}

/** How {@linkcode readString} reads. */
export interface ReadStringOptions {
  /**
   * Bytes that are read at most. If there is no NUL among them, the text ends there.
   *
   * @default {Infinity}
   */
  readonly maxLength?: number;
}

/**
 * Reads a string of C: UTF-8 up to a NUL. Bytes that are no UTF-8 are read as U+FFFD,
 * also those of a character that `maxLength` cuts in two.
 *
 * From an {@linkcode Allocation} it never reads beyond its end: without a NUL there, it
 * throws, unless `maxLength` says how much text there is at most. A pointer or an
 * address is trusted, as C would: memory is read page by page up to the one with the
 * NUL. If a page on the way is not mapped the process ends, so give `maxLength` if the
 * NUL may be missing, and only pointers that C has just given.
 *
 * @param source An allocation, a pointer, or an address.
 * @param options Bytes that are read at most.
 * @returns The text, without the NUL.
 * @throws {ArgumentError} If the source is NULL or none of these, `maxLength` is not a
 * non-negative integer or Infinity, or an allocation has no NUL.
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
 * ```
 */
export function readString(
  source: Pointee,
  options: ReadStringOptions = {},
): string {
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
  return source instanceof Allocation
    ? readFromAllocation(source, maxLength)
    : readFromAddress(startOf(source), maxLength);
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
    : `, and a maxLength of ${maxLength} reaches beyond its end`;
  return new ArgumentError(
    `Cannot read a string from ${
      Deno.inspect(source)
    }: there is no NUL in it${beyond}; ` +
      `give a maxLength of ${source.size} if the text may fill it`,
  );
}

/** The address at which a string starts. */
function startOf(source: Exclude<Pointee, Allocation>): Address {
  const address = Number(addressOfPointee(source, "read a string from"));
  if (address !== 0) return address;
  throw new ArgumentError(
    "Cannot read a string from NULL: check for null before",
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

/** strnlen(3), page by page: a page is read only if those before it have no NUL. */
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
 * Refuses what is no number, and so no address either: what C calls a pointer is one of
 * several things here.
 *
 * @param action What was to be done with it, as in `"free"`.
 * @throws {ArgumentError} If it is no number.
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
