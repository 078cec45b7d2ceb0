import { assertEquals } from "@std/assert";
import { Buffer } from "node:buffer";

/** After so many bytes a pattern begins again. */
const PERIOD = 1 << 16;

/** Every pattern begins at another multiple of 256 in these bytes. */
const BYTES = Uint8Array.from(
  { length: 2 * PERIOD },
  (_, at) => (at * 7 + (at >>> 8)) & 0xff,
);

/** Writes the pattern of this number. There are 256; neighbouring bytes differ in each. */
export function writePattern(bytes: Uint8Array, seed: number): void {
  for (let start = 0; start < bytes.length; start += PERIOD) {
    const part = bytes.subarray(start, start + PERIOD);
    part.set(patternOf(seed, part.length));
  }
}

/**
 * Compares bytes with the pattern of this number, which was written over them.
 *
 * @param bytes The bytes.
 * @param seed The number of the pattern.
 * @param what Says where the bytes are, for the error.
 */
export function requirePattern(
  bytes: Uint8Array,
  seed: number,
  what: () => string,
): void {
  for (let start = 0; start < bytes.length; start += PERIOD) {
    const actual = bytes.subarray(start, start + PERIOD);
    const expected = patternOf(seed, actual.length);
    if (Buffer.compare(actual, expected) === 0) continue; // a tenth of a loop's time
    const at = actual.findIndex((byte, index) => byte !== expected[index]);
    assertEquals(actual[at], expected[at], `byte ${start + at} of ${what()}`);
  }
}

/** Whether there are only zeros. */
export function areZeros(bytes: Uint8Array): boolean {
  return Buffer.compare(bytes, new Uint8Array(bytes.length)) === 0;
}

/** As many first bytes of a pattern as there are in a period, or fewer. */
function patternOf(seed: number, length: number): Uint8Array {
  const start = ((seed * 31) & 0xff) << 8;
  return BYTES.subarray(start, start + length);
}
