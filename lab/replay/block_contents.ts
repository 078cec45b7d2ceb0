import type { Heap } from "@osmem/osmem";
import { describeCall } from "../traces/describe_call.ts";
import { CallKind, NO_BLOCK, type Trace } from "../traces/trace.ts";
import { TraceError } from "../traces/trace_error.ts";
import {
  findDamage,
  findNonZero,
  patternByte,
  writePattern,
} from "./contents.ts";
import type { Replayer } from "./replayer.ts";

/** How much was found to be intact. */
export interface VerifiedContents {
  /** Blocks whose whole contents were verified, at their free or at the end. */
  readonly blocks: number;
  /** Their bytes. */
  readonly bytes: number;
}

/**
 * Fills every block of a replay with a pattern of its own and verifies it when
 * the block is freed, or after the last call. Memory from `calloc` must be zero
 * before it is filled.
 */
export class BlockContents {
  readonly #trace: Trace;
  readonly #heap: Heap;
  readonly #replayer: Replayer;
  readonly #lengths: Float64Array;
  #blocks = 0;
  #bytes = 0;

  /**
   * @param trace The calls that are replayed.
   * @param heap The heap that they are replayed on.
   * @param replayer What makes them.
   */
  constructor(trace: Trace, heap: Heap, replayer: Replayer) {
    this.#trace = trace;
    this.#heap = heap;
    this.#replayer = replayer;
    this.#lengths = new Float64Array(trace.blockCount);
  }

  /** What was verified so far. */
  get verified(): VerifiedContents {
    return { blocks: this.#blocks, bytes: this.#bytes };
  }

  /** Verifies the block that the call is about to free. */
  before(call: number): void {
    const block = this.#trace.blocks[call] as number;
    if (block === NO_BLOCK || this.#requestedBy(call) !== 0) return;
    this.#verify(block, call);
    this.#lengths[block] = 0;
  }

  /** Fills the memory that the call obtained. */
  after(call: number): void {
    const length = this.#requestedBy(call);
    if (length === 0) return;
    const block = this.#trace.blocks[call] as number;
    const payload = this.#payload(block, length);
    if (this.#trace.kinds[call] === CallKind.calloc) {
      this.#verifyZero(payload, call);
    }
    writePattern(payload, block, this.#lengths[block]);
    this.#lengths[block] = length;
  }

  /** Verifies the blocks that were never freed. */
  end(): void {
    const last = this.#trace.length - 1;
    for (let block = 0; block < this.#lengths.length; block++) {
      this.#verify(block, last);
    }
  }

  /** Bytes; 0 for a call that frees, and for one that obtains nothing. */
  #requestedBy(call: number): number {
    return (this.#trace.counts[call] as number) *
      (this.#trace.sizes[call] as number);
  }

  #payload(block: number, length: number): Uint8Array {
    return this.#heap.bytes(this.#replayer.addressOf(block), length);
  }

  #verify(block: number, call: number): void {
    const length = this.#lengths[block] as number;
    if (length === 0) return;
    const payload = this.#payload(block, length);
    const position = findDamage(payload, block);
    if (position !== -1) {
      const expected = patternByte(block, position);
      this.#report(call, block, payload, position, expected);
    }
    this.#blocks++;
    this.#bytes += length;
  }

  #verifyZero(payload: Uint8Array, call: number): void {
    const position = findNonZero(payload);
    if (position === -1) return;
    const block = this.#trace.blocks[call] as number;
    this.#report(call, block, payload, position, 0);
  }

  #report(
    call: number,
    block: number,
    payload: Uint8Array,
    position: number,
    expected: number,
  ): never {
    throw new TraceError(
      { file: this.#trace.file, line: this.#trace.lines[call] as number },
      `call ${call + 1}, ${describeCall(this.#trace, call)}: ` +
        `byte ${position} of block ${block} is ${
          payload[position]
        }, expected ${expected}. ` +
        "The allocator lost contents that it must keep; please report it with this trace",
    );
  }
}
