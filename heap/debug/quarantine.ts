/**
 * What a debug heap knows of its blocks, and how it finds damage: bytes that were
 * overwritten although no program may write them.
 *
 * New and freed memory is filled with known bytes. C programmers know these values from
 * the debug heap of Microsoft's C runtime.
 *
 * ```text
 *            payload of the block, as its header says
 *   live     │ header │ requested bytes: 0xcd, then the program's │ guard: 0xfd, 16 bytes or more │
 *   freed    │ header │ 0xdd                                                                      │
 * ```
 *
 * A freed block stays in the {@linkcode Quarantine} for a while, so that a later write to
 * the block is found before its memory is used again.
 *
 * @module
 */
import {
  type CorruptionCode,
  CorruptionError,
} from "../../errors/corruption_error.ts";
import { describeBlock, formatBytes } from "../../errors/messages.ts";
import { formatCalls, type StackTrace } from "../../errors/stack_trace.ts";
import type { Address } from "../../ffi/memory.ts";

/** Fills new memory, unless the memory must be zero. */
export const FRESH = 0xcd;

/** Fills freed memory as long as it is in quarantine. */
export const FREED = 0xdd;

/** Fills the guard: from the end of the requested bytes to the end of the block. */
export const GUARD = 0xfd;

/** Bytes of the shortest guard. */
export const LEAST_GUARD = 16;

/** The most freed blocks that are remembered. */
const MOST_BLOCKS = 1024;

/** The most bytes of memory in quarantine. */
const MOST_BYTES = 4 << 20;

/** Bytes that are compared at once. */
const WORD_BYTES = 4;

/** A block of a debug heap, from its allocation until it leaves the quarantine. */
export class TracedBlock {
  /** The payload's address. */
  readonly address: Address;
  /** The requested size in bytes. */
  readonly size: number;
  /** Where the block was allocated, or moved to this address. */
  readonly allocated: StackTrace;
  /** The user's name for the block. */
  label: string | undefined;
  /** Whether an allocation owned the block. */
  wasOwned = false;
  /** Where the block was freed, if it was. */
  freed: StackTrace | undefined;

  /**
   * @param address The payload's address.
   * @param size The requested size in bytes.
   * @param allocated Where the block was allocated.
   */
  constructor(address: Address, size: number, allocated: StackTrace) {
    this.address = address;
    this.size = size;
    this.allocated = allocated;
  }

  /** Names the block: `block "frame" (64 bytes at 0x7f0000001020)`. */
  describe(): string {
    return describeBlock("block", this);
  }

  /** Says where the block was allocated, and where it was freed if it was, in lines. */
  history(): string {
    const allocated = `It was allocated at\n${
      formatCalls(this.allocated.calls)
    }`;
    return this.freed
      ? `${allocated}\nand freed at\n${formatCalls(this.freed.calls)}`
      : allocated;
  }
}

/**
 * The blocks that were freed last, the oldest first. All of them are remembered; the
 * memory of heap blocks is in quarantine. There are at most 1,024 blocks and 4 MiB.
 */
export class Quarantine {
  readonly #entries: Entry[] = [];
  readonly #found = new Map<Address, TracedBlock>();
  #bytes = 0;

  /** Whether there are too many blocks or bytes. */
  get isOverfull(): boolean {
    return this.#entries.length > MOST_BLOCKS || this.#bytes > MOST_BYTES;
  }

  /** Bytes of memory in quarantine. */
  get bytes(): number {
    return this.#bytes;
  }

  /** The blocks whose memory is in quarantine, the oldest first. */
  *[Symbol.iterator](): Generator<TracedBlock> {
    for (const { block, bytes } of this.#entries) {
      if (bytes > 0) yield block;
    }
  }

  /**
   * Adds a block that was just freed.
   *
   * @param block The block.
   * @param bytes Bytes of its memory in quarantine; 0 for a mapped block, which was
   * unmapped.
   */
  add(block: TracedBlock, bytes: number): void {
    this.#entries.push({ block, bytes });
    this.#found.set(block.address, block);
    this.#bytes += bytes;
  }

  /** Returns the freed block that had this payload address. */
  find(address: Address): TracedBlock | undefined {
    return this.#found.get(address);
  }

  /** Makes `find` forget an address, where a new mapping replaces an unmapped block. */
  forget(address: Address): void {
    this.#found.delete(address);
  }

  /** Removes all blocks. */
  clear(): void {
    this.#entries.length = 0;
    this.#found.clear();
    this.#bytes = 0;
  }

  /** Takes out the oldest block, and says whether its memory was in quarantine. */
  takeOldest(): { block: TracedBlock; isQuarantined: boolean } | undefined {
    const entry = this.#entries.shift();
    if (!entry) return undefined;
    const { block, bytes } = entry;
    if (this.#found.get(block.address) === block) this.forget(block.address);
    this.#bytes -= bytes;
    return { block, isQuarantined: bytes > 0 };
  }
}

interface Entry {
  readonly block: TracedBlock;
  /** Bytes of its memory in quarantine. */
  readonly bytes: number;
}

/**
 * Finds the first byte that is not `value`.
 *
 * @param bytes A payload: its address and its length are multiples of 8.
 * @param value The expected value of all bytes.
 * @param from Where to start, in bytes from the payload's start.
 * @returns Where the byte is, in bytes from the payload's start, or -1.
 */
export function firstMismatch(
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

/** A code for damage that only a debug heap finds. */
type DamageCode = Extract<CorruptionCode, "overrun" | "write-after-free">;

const EXPECTED: Readonly<Record<DamageCode, number>> = {
  "overrun": GUARD,
  "write-after-free": FREED,
};

/**
 * Makes the error that reports damage: what was found, and where the block comes from.
 *
 * @param code What happened.
 * @param block The block.
 * @param bytes The whole payload, guard included.
 * @param offset The first overwritten byte, from the payload's start.
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
    `${what}: found ${found}, expected ${expected}. ${
      likelyCause(code, block)
    }${block.history()}`,
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
    ? "was written, directly past its end"
    : `was written, ${formatBytes(offset - size)} past its end`;
}

/** Names a cause that no line of the program shows: an operation in the background. */
function likelyCause(code: DamageCode, { wasOwned }: TracedBlock): string {
  if (code !== "write-after-free") return "";
  const remedy = wasOwned
    ? "announce it with allocation.during(operation)"
    : "free the block after it, or use heap.allocate() and announce it with during()";
  return "If an operation was still running, such as a read or a nonblocking FFI call, " +
    `${remedy}. `;
}

function formatByte(byte: number): string {
  return `0x${byte.toString(16).padStart(2, "0")}`;
}
