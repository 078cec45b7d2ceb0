import type { Address } from "../../ffi/memory.ts";
import { describeBlock, formatBytes } from "../../errors/messages.ts";
import {
  type CorruptionCode,
  CorruptionError,
} from "../../errors/corruption_error.ts";
import { formatCalls, type StackTrace } from "../../errors/stack_trace.ts";

/**
 * What a debug heap fills memory with. C programmers know these bytes from the debug
 * heap of Microsoft's C runtime.
 *
 * ```text
 *            payload of the block, as its header says
 *   live     │ header │ bytes asked for: fresh, then the user's │ guard, 16 bytes or more │
 *   freed    │ header │ freed                                                           │
 * ```
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

/** How many freed blocks are remembered. */
const MOST_BLOCKS = 1024;

/** How many bytes of memory are kept back. */
const MOST_BYTES = 4 << 20;

interface Entry {
  readonly block: TracedBlock;
  /** Bytes of it that are kept back: none of a mapping, which is given back at once. */
  readonly keptBytes: number;
}

/**
 * The blocks that were freed last, the oldest first: what they were is remembered, and
 * their memory is kept back, until there are more than 1,024 of them or 4 MiB.
 */
export class Quarantine {
  readonly #entries: Entry[] = [];
  readonly #found = new Map<Address, TracedBlock>();
  #bytes = 0;

  /** Whether there are more than are to be remembered. */
  get isOverfull(): boolean {
    return this.#entries.length > MOST_BLOCKS || this.#bytes > MOST_BYTES;
  }

  /** Bytes that are kept back. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Those whose memory is kept back, the oldest first. */
  *[Symbol.iterator](): Generator<TracedBlock> {
    for (const { block, keptBytes } of this.#entries) {
      if (keptBytes > 0) yield block;
    }
  }

  /** Adds a block that was just freed. */
  add(block: TracedBlock, keptBytes: number): void {
    this.#entries.push({ block, keptBytes });
    this.#found.set(block.address, block);
    this.#bytes += keptBytes;
  }

  /** The block that started here and was freed. */
  find(address: Address): TracedBlock | undefined {
    return this.#found.get(address);
  }

  /** There is a new block here: a mapping where one was given back. */
  forget(address: Address): void {
    this.#found.delete(address);
  }

  /** Forgets all of them. */
  clear(): void {
    this.#entries.length = 0;
    this.#found.clear();
    this.#bytes = 0;
  }

  /** Takes out the oldest block; says whether its memory was kept back. */
  takeOldest(): { block: TracedBlock; isKept: boolean } | undefined {
    const entry = this.#entries.shift();
    if (!entry) return undefined;
    const { block, keptBytes } = entry;
    if (this.#found.get(block.address) === block) this.forget(block.address);
    this.#bytes -= keptBytes;
    return { block, isKept: keptBytes > 0 };
  }
}

/** What a debug heap knows of a block, from when it is allocated to when it is let go. */
export class TracedBlock {
  /** Its payload. */
  readonly address: Address;
  /** Bytes that were asked for. */
  readonly size: number;
  /** Where it was allocated, or moved to. */
  readonly allocated: StackTrace;
  /** What the user calls it. */
  label: string | undefined;
  /** Where it was freed, if it was. */
  freed: StackTrace | undefined;

  /**
   * @param address Its payload.
   * @param size Bytes that were asked for.
   * @param allocated Where it was allocated.
   */
  constructor(address: Address, size: number, allocated: StackTrace) {
    this.address = address;
    this.size = size;
    this.allocated = allocated;
  }

  /** What it is, as in `block "frame" (64 bytes at 0x7f0000001020)`. */
  describe(): string {
    return describeBlock("block", this);
  }

  /** Where it was allocated, and freed if it was: a sentence of several lines. */
  history(): string {
    const allocated = `It was allocated at\n${
      formatCalls(this.allocated.calls)
    }`;
    return this.freed
      ? `${allocated}\nand freed at\n${formatCalls(this.freed.calls)}`
      : allocated;
  }
}

/** A code for damage that only a debug heap finds. */
type DamageCode = Exclude<CorruptionCode, "corrupted-heap">;

const EXPECTED: Readonly<Record<DamageCode, number>> = {
  "overrun": GUARD,
  "write-after-free": FREED,
};

/**
 * Says what was found in a block that should not be there, and where the block comes
 * from.
 *
 * @param code What happened.
 * @param block The block.
 * @param bytes Its whole payload, guard included.
 * @param offset The first byte that is wrong.
 */
export function damageError(
  code: DamageCode,
  block: TracedBlock,
  bytes: Uint8Array,
  offset: number,
): CorruptionError {
  const found = formatByte(bytes[offset]!);
  const expected = formatByte(EXPECTED[code]);
  const what = `offset ${offset} of the ${block.describe()} ${
    explain(code, block, offset)
  }`;
  return new CorruptionError(
    code,
    block.address + offset,
    `${what}: found ${found}, expected ${expected}. ${block.history()}`,
    { code, block, offset },
  );
}

function explain(
  code: DamageCode,
  { size }: TracedBlock,
  offset: number,
): string {
  if (code === "write-after-free") return "was written after it was freed";
  return offset === size
    ? "was written, right behind its end"
    : `was written, ${formatBytes(offset - size)} past its end`;
}

function formatByte(byte: number): string {
  return `0x${byte.toString(16).padStart(2, "0")}`;
}
