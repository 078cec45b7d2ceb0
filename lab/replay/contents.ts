/**
 * Patterns that tell blocks apart, so that a byte written to a wrong place, or
 * not copied, shows.
 *
 * The byte at position `p` of block `b` depends on nothing but the two: what
 * `realloc` keeps needs no rewriting, and may be verified later as a whole.
 */

const TILE = 65_536; // bytes of pattern used at a time
const SHIFTS = 8_192; // different places in the pattern at which a tile begins
const WORD = 4; // bytes compared at a time
const FEW = 64; // bytes for which making views of words does not pay
const ZEROES = new Uint8Array(TILE);
const PATTERN = randomBytes(TILE + SHIFTS * WORD);

/**
 * Writes a block's pattern.
 *
 * @param payload The block's bytes.
 * @param block Its number.
 * @param from The first position to write; what lies before is left alone.
 */
export function writePattern(
  payload: Uint8Array,
  block: number,
  from = 0,
): void {
  for (let position = from; position < payload.length;) {
    const start = tileStart(position);
    const end = Math.min(start + TILE, payload.length);
    const tile = patternTile(block, start);
    payload.set(tile.subarray(position - start, end - start), position);
    position = end;
  }
}

/**
 * Looks for a byte that is not the block's pattern.
 *
 * @param payload The block's bytes.
 * @param block Its number.
 * @returns The first such position, or -1 if the whole pattern is there.
 */
export function findDamage(payload: Uint8Array, block: number): number {
  return findDifference(payload, (start) => patternTile(block, start));
}

/** The byte that belongs at a position of a block. */
export function patternByte(block: number, position: number): number {
  const start = tileStart(position);
  return patternTile(block, start)[position - start] as number;
}

/** The first position of a byte that is not 0, or -1. */
export function findNonZero(payload: Uint8Array): number {
  return findDifference(payload, () => ZEROES);
}

function tileStart(position: number): number {
  return position - position % TILE;
}

function patternTile(block: number, start: number): Uint8Array {
  const shift = (block * 97 + start / TILE * 31) % SHIFTS * WORD;
  return PATTERN.subarray(shift, shift + TILE);
}

function findDifference(
  payload: Uint8Array,
  expectedTile: (start: number) => Uint8Array,
): number {
  for (let start = 0; start < payload.length; start += TILE) {
    const found = payload.subarray(start, start + TILE);
    const position = firstDifference(found, expectedTile(start));
    if (position !== -1) return start + position;
  }
  return -1;
}

function firstDifference(found: Uint8Array, expected: Uint8Array): number {
  const same = found.length < FEW ? 0 : sameWords(found, expected);
  for (let position = same; position < found.length; position++) {
    if (found[position] !== expected[position]) return position;
  }
  return -1;
}

/** Bytes at the beginning that agree, compared by whole words. */
function sameWords(found: Uint8Array, expected: Uint8Array): number {
  if (found.byteOffset % WORD !== 0) return 0;
  const length = Math.floor(found.length / WORD);
  const left = new Uint32Array(found.buffer, found.byteOffset, length);
  const right = new Uint32Array(expected.buffer, expected.byteOffset, length);
  let word = 0;
  while (word < length && left[word] === right[word]) word++;
  return word * WORD;
}

/** Bytes without a short period: xorshift32 (Marsaglia, 2003). */
function randomBytes(length: number): Uint8Array<ArrayBuffer> {
  let state = 2_463_534_242;
  return Uint8Array.from({ length }, () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state & 0xff;
  });
}
