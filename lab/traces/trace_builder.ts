import { formatCount } from "../words.ts";
import { CallColumns, widened } from "./call_columns.ts";
import { FreedNames } from "./freed_names.ts";
import { TABLE_LIMITS, type TableLimits } from "./limits.ts";
import {
  CallKind,
  NO_BLOCK,
  type Omissions,
  type Peak,
  type Trace,
} from "./trace.ts";
import { TraceError } from "./trace_error.ts";

const FIRST_BLOCKS = 1024;

/** Notes that are kept, and the characters that each may have. */
const MOST_NOTES = 1000;
const LONGEST_NOTE = 500;

/**
 * The name of a block in a recording: an address or a number chosen by the
 * recorder; `null` is NULL.
 */
export type BlockName = number | null;

/** A call that allocates. */
export interface Allocation {
  /** Which one. */
  readonly kind: CallKind;
  /** Elements: `calloc`'s first argument, 1 for the others. */
  readonly count: number;
  /** Bytes, each element. */
  readonly size: number;
}

/**
 * Builds a {@linkcode Trace} from calls as recorders write them: it turns names
 * of blocks into numbers, leaves out what cannot be replayed, and finds the
 * moment when the most bytes were live.
 *
 * Every method takes the number of the line that the call was read from, and throws a
 * {@linkcode TraceError} if there are more calls or live blocks than the tables hold.
 */
export class TraceBuilder {
  readonly #columns = new CallColumns();
  readonly #live = new Map<number, number>();
  readonly #file: string;
  readonly #limits: TableLimits;
  #blockCount = 0;
  /** Bytes of each block. A plain array that grows too long ends the process. */
  #requested = new Float64Array(FIRST_BLOCKS);
  readonly #omissions: { -readonly [Name in keyof Omissions]: number } = {
    unknownFrees: 0,
    secondFrees: 0,
    unknownReallocs: 0,
    failedCalls: 0,
    unseenFrees: 0,
    unsizedBlocks: 0,
    surplusOperations: 0,
    skippedLines: 0,
  };
  readonly #freed = new FreedNames();
  /** The live blocks whose size the recording does not say. */
  readonly #unsized = new Set<number>();
  readonly #remarks: string[] = [];
  readonly #notes = new Map<number, string>();
  #liveBytes = 0;
  #peak: Peak = { call: 0, bytes: 0 };

  /**
   * @param file The name of the trace, for messages.
   * @param limits What its tables hold.
   */
  constructor(file: string, limits: TableLimits = TABLE_LIMITS) {
    this.#file = file;
    this.#limits = limits;
  }

  /** The number of calls so far. */
  get length(): number {
    return this.#columns.length;
  }

  /** The number of blocks so far. */
  get blockCount(): number {
    return this.#blockCount;
  }

  /** The number of lines that were not understood. */
  get skippedLines(): number {
    return this.#omissions.skippedLines;
  }

  /** Whether a block of this name was allocated and not freed since. */
  isLive(name: number): boolean {
    return this.#live.has(name) || this.#unsized.has(name);
  }

  /** Whether no call was read, neither one to replay nor one that is left out. */
  get isEmpty(): boolean {
    const { skippedLines: _, ...omitted } = this.#omissions;
    return this.length === 0 && Object.values(omitted).every((each) => !each);
  }

  /** `malloc`, `calloc` and their like; a result of NULL means that it failed. */
  allocate(call: Allocation, result: BlockName, line: number): void {
    if (result === null) return this.fail();
    this.#freeUnseen(result, line);
    this.#push(call, this.#newBlock(result, line), line);
  }

  /**
   * `realloc`. A result of NULL means that the block was freed if the size is
   * 0, and that the call failed otherwise.
   */
  reallocate(
    old: BlockName,
    size: number,
    result: BlockName,
    line: number,
  ): void {
    if (result === null && size !== 0) return this.fail();
    if (this.#unsized.size > 0 && old !== null && this.#unsized.delete(old)) {
      old = null;
    }
    const block = this.#take(old);
    if (result === null) return this.#reallocateToNothing(old, block, line);
    if (block === undefined && old !== null) this.#omissions.unknownReallocs++;
    this.#freeUnseen(result, line);
    const call = { kind: CallKind.realloc, count: 1, size };
    if (block === undefined) {
      return this.#push(call, this.#newBlock(result, line), line);
    }
    this.#live.set(result, block);
    this.#push(call, block, line);
  }

  /** `free`; NULL is allowed, as in C. */
  free(name: BlockName, line: number): void {
    const block = name === null ? NO_BLOCK : this.#take(name);
    if (block === undefined) return this.#countFree(name);
    this.#push({ kind: CallKind.free, count: 0, size: 0 }, block, line);
  }

  /** A call that failed or never returned. */
  fail(): void {
    this.#omissions.failedCalls++;
  }

  /** A block is handed out whose size the recording does not say. */
  handOut(name: number, line: number): void {
    this.#freeUnseen(name, line);
    this.#omissions.unsizedBlocks++;
    if (this.#unsized.size < this.#limits.liveBlocks) this.#unsized.add(name);
  }

  /** An operation beyond the number that the header of its file says. */
  leaveOut(): void {
    this.#omissions.surplusOperations++;
  }

  /** A line that was not understood. */
  skipLine(): void {
    this.#omissions.skippedLines++;
  }

  /** Says something about the recording, for {@linkcode Trace.remarks}. */
  remark(sentence: string): void {
    this.#remarks.push(sentence);
  }

  /** Keeps what the recorder wrote about the call of a line. */
  note(line: number, text: string): void {
    const before = this.#notes.get(line);
    if (before === undefined && this.#notes.size === MOST_NOTES) return;
    const note = before === undefined ? text : `${before}\n${text}`;
    this.#notes.set(line, note.slice(0, LONGEST_NOTE));
  }

  /**
   * The trace of all calls so far.
   *
   * @param format What they were read from.
   * @param file The name of the trace, if that is known only now.
   */
  build(format: string, file = this.#file): Trace {
    return {
      file,
      format,
      ...this.#columns.finish(),
      blockCount: this.#blockCount,
      peak: this.#peak,
      remainingBytes: this.#liveBytes,
      omissions: { ...this.#omissions },
      remarks: [...this.#remarks],
      notes: this.#notes,
    };
  }

  #take(name: BlockName): number | undefined {
    if (name === null) return undefined;
    const block = this.#live.get(name);
    if (block === undefined) return undefined;
    this.#live.delete(name);
    this.#freed.add(name);
    return block;
  }

  /** A free of what is no block, or of one that is left out. */
  #countFree(name: BlockName): void {
    if (name === null || this.#unsized.delete(name)) return;
    if (this.#freed.has(name)) this.#omissions.secondFrees++;
    else this.#omissions.unknownFrees++;
  }

  #newBlock(name: number, line: number): number {
    if (this.#live.size === this.#limits.liveBlocks) {
      this.#refuse(line, this.#limits.liveBlocks, "blocks live at a time");
    }
    const block = this.#blockCount++;
    if (block === this.#requested.length) {
      this.#requested = widened(this.#requested);
    }
    this.#live.set(name, block);
    return block;
  }

  #freeUnseen(name: number, line: number): void {
    if (this.#unsized.size > 0) this.#unsized.delete(name);
    if (!this.#live.has(name)) return;
    this.#omissions.unseenFrees++;
    this.free(name, line);
  }

  /** `realloc(old, 0)` frees. */
  #reallocateToNothing(
    old: BlockName,
    block: number | undefined,
    line: number,
  ): void {
    const call = { kind: CallKind.realloc, count: 1, size: 0 };
    if (block === undefined) this.#countFree(old);
    else this.#push(call, block, line);
  }

  #refuse(line: number, most: number, what: string): never {
    throw new TraceError(
      { file: this.#file, line },
      `call ${
        formatCount(this.length + 1)
      } is one too many: a trace holds at ` +
        `most ${formatCount(most)} ${what}; give a shorter recording`,
    );
  }

  #push({ kind, count, size }: Allocation, block: number, line: number): void {
    if (this.length === this.#limits.calls) {
      this.#refuse(line, this.#limits.calls, "calls");
    }
    if (block !== NO_BLOCK) this.#request(block, count * size);
    this.#columns.push({ kind, block, count, size, line });
  }

  #request(block: number, bytes: number): void {
    this.#liveBytes += bytes - (this.#requested[block] ?? 0);
    this.#requested[block] = bytes;
    if (this.#liveBytes > this.#peak.bytes) {
      this.#peak = { call: this.#columns.length, bytes: this.#liveBytes };
    }
  }
}
