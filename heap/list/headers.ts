import { UsageError } from "../../errors/usage_error.ts";
import type { Address } from "../../ffi/memory.ts";
import { isTransferred } from "../../ffi/system.ts";
import * as layout from "../layout.ts";
import type { SystemCalls } from "../source/system_calls.ts";

const { CELL_BYTES, FIELD, HEADER_BYTES, HEADER_CELLS, NO_BLOCK, STATUS } =
  layout;

/** The fields of a header in memory: the size in bytes, the links as addresses. */
export interface HeaderFields {
  readonly size: number;
  readonly status: number;
  readonly padding: number;
  readonly prev: Address;
  readonly next: Address;
}

/**
 * The first window covers 256 KiB; each later window twice what is needed. The engine counts
 * the whole window as memory of the program: with 1 MiB for each heap, it collected garbage
 * without end from 7,500 heaps on.
 */
const FIRST_WINDOW_BYTES = 1 << 18;

/**
 * Cells of a quarter: of 4 GiB, since a heap spans at most 16 GiB. The words of a quarter
 * have numbers below 2³⁰, which are added without a check for overflow.
 */
const QUARTER_CELLS = 2 ** 29;

/** The part of a cell's number that is its place in the quarter. */
const IN_QUARTER = QUARTER_CELLS - 1;

/** Where each field starts, in words of 32 bits. */
const SIZE = FIELD.size / 4;
const STATUS_WORD = FIELD.status / 4;
const PADDING = FIELD.padding / 4;
const PREV = FIELD.prev / 4;
const NEXT = FIELD.next / 4;

/**
 * The memory of the heap blocks: headers as C reads them, and payloads.
 *
 * The allocator writes headers for others to read, and does not trust them. Both halves of
 * every 64-bit field are written, because memory past the break may hold anything. Words
 * are 32 bits wide because wider words would allocate BigInts; x86_64 and aarch64 both
 * store the lower half first.
 */
export class Headers {
  readonly #calls: SystemCalls;
  /** The address of cell 0, the heap's first header. Only {@linkcode start} sets it. */
  base: Address = 0;
  /** The address of the payload of a block at cell 0. */
  firstPayload: Address = HEADER_BYTES;
  /** Cells from the multiple of 4 GiB below the base to the base. */
  #baseCells = 0;
  /** The number of that multiple: the upper half of the base. */
  #baseHigh = 0;
  /** The first of these quarters. */
  #near = new Int32Array(0);
  /** The first quarter from the status of cell 0 on; empty if the window was closed. */
  #nearStatuses = new Int32Array(0);
  /** Each quarter of the window, with one more header at its end, as words of 32 bits. */
  #quarters: Int32Array<ArrayBuffer>[] = [];
  #bytes = new Uint8Array(0);

  /** @param from Opens the windows, or the headers to replace. */
  constructor(from: SystemCalls | Headers) {
    if (!(from instanceof Headers)) {
      this.#calls = from;
      return;
    }
    this.#calls = from.#calls;
    this.base = from.base;
    this.firstPayload = from.firstPayload;
    this.#baseCells = from.#baseCells;
    this.#baseHigh = from.#baseHigh;
    this.#near = from.#near;
    this.#nearStatuses = from.#nearStatuses;
    this.#quarters = from.#quarters;
    this.#bytes = from.#bytes;
  }

  /** Whether there is no window yet, or the window was closed. */
  get isClosed(): boolean {
    return this.#near.length === 0;
  }

  /** Sets the address of cell 0, before any other use. */
  start(base: Address): void {
    this.base = base;
    this.firstPayload = base + HEADER_BYTES;
    this.#baseCells = (base | 0) >>> 3;
    this.#baseHigh = Math.floor(base / 2 ** 32);
  }

  /**
   * Makes the window reach up to cell `cells`. Views of earlier windows stay valid: they
   * show the same memory.
   *
   * @throws {UsageError} If the memory opens a window that is too short.
   */
  cover(cells: number): void {
    const bytes = cells * CELL_BYTES;
    if (bytes <= this.#bytes.length) return;
    const length = Math.max(FIRST_WINDOW_BYTES, 2 * bytes);
    const window = this.#calls.window(this.base, length);
    if (window.byteLength < bytes) {
      throw new UsageError(
        "wrong-answer",
        `The heap's memory opened a window of ${window.byteLength} bytes: expected ` +
          `${length}, or at least the ${bytes} up to the program break`,
      );
    }
    const whole = new Uint8Array(window);
    const quarters = quartersOf(window);
    const near = quarters[0]!;
    const nearStatuses = near.subarray(STATUS_WORD);
    this.#bytes = whole; // no call from here on, so that all views or none are replaced
    this.#quarters = quarters;
    this.#near = near;
    this.#nearStatuses = nearStatuses;
  }

  /** Lets go of the windows: the heap has ended. */
  letGo(): void {
    this.#bytes = new Uint8Array(0);
    this.#near = new Int32Array(0);
    this.#nearStatuses = new Int32Array(0);
    this.#quarters = [];
  }

  /**
   * Makes the error that refuses a heap whose window was detached.
   *
   * @param action The verb of the refused action, such as `"use"`.
   */
  goneError(action: string): UsageError {
    const isTaken = isTransferred(this.#bytes.buffer);
    return isTaken
      ? new UsageError(
        "buffer-taken",
        `Cannot ${action} this heap: the buffer of a view of its blocks was transferred ` +
          "(postMessage, structuredClone, ArrayBuffer.transfer, or read(view) of a BYOB " +
          "reader), and the heap cannot see its memory without it. Make a new heap, and " +
          "transfer a copy of the bytes",
      )
      : new UsageError(
        "memory-gone",
        `Cannot ${action} this heap: its memory was given back; make a new one`,
      );
  }

  /** Returns the address of a cell. */
  addressOf(cell: number): Address {
    return this.base + cell * CELL_BYTES;
  }

  /**
   * Writes a header's status. Every call that allocates or frees writes a status, so a
   * closed window is found here: its length is 0, and is compared with in any case.
   *
   * @throws {UsageError} If the memory was given back.
   */
  writeStatus(cell: number, status: number): void {
    const statuses = this.#nearStatuses;
    const at = cell << 1 >>> 0;
    if (at < statuses.length) statuses[at] = status;
    else this.#writeFarStatus(cell, status);
  }

  #writeFarStatus(cell: number, status: number): void {
    if (this.isClosed) throw this.goneError("use");
    const words = this.#quarter(cell);
    words[((cell & IN_QUARTER) << 1) + STATUS_WORD] = status;
  }

  /** Writes a header's size, given in cells. */
  writeSize(cell: number, size: number): void {
    const words = this.#quarter(cell);
    const at = (cell & IN_QUARTER) << 1;
    words[at + SIZE] = size << 3;
    words[at + SIZE + 1] = size >>> 29;
  }

  /**
   * Writes the extent of a block: its size, its link to the next block, and the next
   * block's link back.
   *
   * @param cell The block.
   * @param size Its cells of payload.
   * @param next The next block, or none.
   */
  writeExtent(cell: number, size: number, next: number): void {
    const words = cell < QUARTER_CELLS ? this.#near : this.#quarter(cell);
    const at = (cell & IN_QUARTER) << 1;
    words[at + SIZE] = size << 3;
    words[at + SIZE + 1] = size >>> 29;
    if (next === NO_BLOCK) {
      words[at + NEXT] = 0;
      words[at + NEXT + 1] = 0;
      return;
    }
    const from = cell + this.#baseCells | 0;
    const to = next + this.#baseCells | 0;
    const high = this.#baseHigh;
    words[at + NEXT] = to << 3;
    words[at + NEXT + 1] = high + (to >>> 29) | 0;
    const after = next < QUARTER_CELLS ? this.#near : this.#quarter(next);
    const there = (next & IN_QUARTER) << 1;
    after[there + PREV] = from << 3;
    after[there + PREV + 1] = high + (from >>> 29) | 0;
  }

  /** Writes the header of a free block, without its extent and with no block before it. */
  writeLone(cell: number): void {
    const words = this.#quarter(cell);
    const at = (cell & IN_QUARTER) << 1;
    words[at + STATUS_WORD] = STATUS.free;
    words[at + PADDING] = 0;
    words[at + PREV] = 0;
    words[at + PREV + 1] = 0;
  }

  /**
   * Writes what changes when a block is split: its size and link, the whole header of the
   * free block that follows, and the link back of the block after that.
   *
   * Links count cells from the multiple of 4 GiB below the base, so that no carry is
   * needed. Both blocks mostly lie in the first quarter: one view for all three headers
   * takes two thirds of the time.
   *
   * @param cell The block.
   * @param rest Where the free block starts.
   * @param end Where the free block ends.
   * @param next The block after the free block, or none.
   */
  writeSplit(cell: number, rest: number, end: number, next: number): void {
    if (rest >= QUARTER_CELLS) {
      return this.#writeFarSplit(cell, rest, end, next);
    }
    const words = this.#near;
    const high = this.#baseHigh;
    const size = rest - cell - HEADER_CELLS | 0;
    const left = end - rest - HEADER_CELLS | 0;
    const from = cell + this.#baseCells | 0;
    const to = rest + this.#baseCells | 0;
    const at = (cell & IN_QUARTER) << 1;
    const there = (rest & IN_QUARTER) << 1;
    words[at + SIZE] = size << 3;
    words[at + SIZE + 1] = size >>> 29;
    words[at + NEXT] = to << 3;
    words[at + NEXT + 1] = high + (to >>> 29) | 0;
    words[there + STATUS_WORD] = STATUS.free;
    words[there + PADDING] = 0;
    words[there + PREV] = from << 3;
    words[there + PREV + 1] = high + (from >>> 29) | 0;
    if (next !== NO_BLOCK) return this.writeExtent(rest, left, next);
    words[there + SIZE] = left << 3;
    words[there + SIZE + 1] = left >>> 29;
    words[there + NEXT] = 0;
    words[there + NEXT + 1] = 0;
  }

  /** Returns the size in a header, in cells. */
  sizeAt(cell: number): number {
    const words = this.#quarter(cell);
    const at = (cell & IN_QUARTER) << 1;
    return words[at + SIZE]! >>> 3 | words[at + SIZE + 1]! << 29;
  }

  /** Returns the status in a header. */
  statusAt(cell: number): number {
    return this.#quarter(cell)[((cell & IN_QUARTER) << 1) + STATUS_WORD]!;
  }

  /** Reads a header back as C would. */
  read(cell: number): HeaderFields {
    const at = cell * CELL_BYTES;
    return readHeader(new DataView(this.#bytes.buffer, at, HEADER_BYTES));
  }

  /** Returns a view of the first `length` bytes of the payload of the block at `cell`. */
  payload(cell: number, length: number): Uint8Array<ArrayBuffer> {
    const start = (cell + HEADER_CELLS) * CELL_BYTES;
    return new Uint8Array(this.#bytes.buffer, start, length);
  }

  /** Fills the payload of the block at `cell`, of `size` cells, with zeros. */
  zero(cell: number, size: number): void {
    const start = (cell + HEADER_CELLS) * CELL_BYTES;
    this.#bytes.fill(0, start, start + size * CELL_BYTES);
  }

  /** Copies the first `length` bytes of one payload to another. */
  copy(from: number, to: number, length: number): void {
    const start = (from + HEADER_CELLS) * CELL_BYTES;
    const target = (to + HEADER_CELLS) * CELL_BYTES;
    this.#bytes.copyWithin(target, start, start + length);
  }

  /** Returns the view that has the whole header of a cell. */
  #quarter(cell: number): Int32Array<ArrayBuffer> {
    return this.#quarters[cell >>> 29]!;
  }

  #writeFarSplit(cell: number, rest: number, end: number, next: number): void {
    const words = this.#quarter(rest);
    const there = (rest & IN_QUARTER) << 1;
    words[there + STATUS_WORD] = STATUS.free;
    words[there + PADDING] = 0;
    this.writeExtent(cell, rest - cell - HEADER_CELLS | 0, rest);
    this.writeExtent(rest, end - rest - HEADER_CELLS | 0, next);
  }
}

/** Reads the header at the start of `view` as C would. */
export function readHeader(view: DataView): HeaderFields {
  return {
    size: Number(view.getBigUint64(FIELD.size, true)),
    status: view.getInt32(FIELD.status, true),
    padding: view.getUint32(FIELD.padding, true),
    prev: Number(view.getBigUint64(FIELD.prev, true)),
    next: Number(view.getBigUint64(FIELD.next, true)),
  };
}

/** Returns a view of each quarter of a window, and of one more header. */
function quartersOf(window: ArrayBuffer): Int32Array<ArrayBuffer>[] {
  const quarter = QUARTER_CELLS * CELL_BYTES;
  const views = [];
  for (let start = 0; start < window.byteLength; start += quarter) {
    const length = Math.min(window.byteLength - start, quarter + HEADER_BYTES);
    views.push(new Int32Array(window, start, Math.floor(length / 4)));
  }
  return views;
}
