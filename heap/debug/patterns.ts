/**
 * What a debug heap fills memory with. C programmers know these bytes from the debug
 * heap of Microsoft's C runtime.
 *
 * ```text
 *            payload of the block, as its header says
 *   live     │ header │ bytes asked for: fresh, then the user's │ guard, 16 bytes or more │
 *   freed    │ header │ freed                                                           │
 * ```
 *
 * @module
 */

/** In new memory, unless it is to be zero. */
export const FRESH = 0xcd;

/** In freed memory, for as long as it is held back. */
export const FREED = 0xdd;

/** Behind the bytes that were asked for, up to the block's end. */
export const GUARD = 0xfd;

/** Bytes of the shortest guard. */
export const LEAST_GUARD = 16;

/** Bytes that are compared at once. */
const WORD_BYTES = 4;

/**
 * Where the first byte stands that is not `value`.
 *
 * @param bytes A payload: it starts at a multiple of 8, and has a multiple of 8 bytes.
 * @param value What all of them ought to be.
 * @param from The first one to look at.
 * @returns How far from the payload's start, or -1 if there is none.
 */
export function firstOther(
  bytes: Uint8Array<ArrayBuffer>,
  value: number,
  from = 0,
): number {
  const words = wordsOf(bytes);
  const expected = value * 0x01010101 | 0;
  const whole = Math.ceil(from / WORD_BYTES);
  let at = from;
  while (at < whole * WORD_BYTES && bytes[at] === value) at++;
  if (at < whole * WORD_BYTES) return at;
  let word = whole;
  while (word < words.length && words[word] === expected) word++;
  if (word === words.length) return -1;
  for (at = word * WORD_BYTES; bytes[at] === value;) at++;
  return at;
}

function wordsOf(bytes: Uint8Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
  const { buffer, byteOffset, byteLength } = bytes;
  return new Int32Array(buffer, byteOffset, byteLength / WORD_BYTES);
}
