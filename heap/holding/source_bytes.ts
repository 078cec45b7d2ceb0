import { ArgumentError } from "../../ffi/argument_error.ts";

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
