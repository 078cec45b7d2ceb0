import { UsageError } from "../../errors/usage_error.ts";
import type { Address } from "../../ffi/memory.ts";
import * as layout from "../layout.ts";
import type { SystemCalls } from "../source/system_calls.ts";

const { CELL_BYTES, FIELD, HEADER_BYTES, HEADER_CELLS, NO_BLOCK, STATUS } =
  layout;

/** A header's fields as they stand in memory: size in bytes, links as addresses. */
export interface HeaderFields {
  readonly size: number;
  readonly status: number;
  readonly padding: number;
  readonly prev: Address;
  readonly next: Address;
}

/** The first window covers 1 MiB; each later one twice what is needed. */
const FIRST_WINDOW_BYTES = 1 << 20;

/** Cells of 4 GiB: words in so many have numbers that are added unchecked. */
const QUARTER_CELLS = 2 ** 29;
const IN_QUARTER = QUARTER_CELLS - 1;

/** Where each field starts, in words of 32 bits. */
const SIZE = FIELD.size / 4;
const STATUS_WORD = FIELD.status / 4;
const PADDING = FIELD.padding / 4;
const PREV = FIELD.prev / 4;
const NEXT = FIELD.next / 4;

/**
 * The heap blocks' memory: headers as C reads them, and payloads.
 *
 * Headers are only ever written for others to read. Both halves of every
 * 64-bit field are written, because memory behind the break may hold anything.
 * Words are 32 bits wide because BigInts would be allocated for wider ones;
 * x86_64 and aarch64 both store the lower half first.
 */
export class Headers {
  readonly #calls: SystemCalls;
  /** The address of the heap's first header, cell 0. Only {@linkcode start} sets it. */
  base: Address = 0;
  /** The address of the payload of a block at cell 0. */
  firstPayload: Address = HEADER_BYTES;
  /** The base as cells above a multiple of 4 GiB, and which multiple that is. */
  #baseCells = 0;
  #baseHigh = 0;
  /** The window's first 4 GiB, and a header more, as words of 32 bits. */
  #near = new Int32Array(0);
  /** The same for each 4 GiB, the first ones too. */
  #quarters: Int32Array<ArrayBuffer>[] = [];
  #bytes = new Uint8Array(0);

  /** @param from Where windows come from, or what to take the place of. */
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
    this.#quarters = from.#quarters;
    this.#bytes = from.#bytes;
  }

  /** Whether there is no window, or the one there was is closed. */
  get isClosed(): boolean {
    return this.#near.length === 0;
  }

  /** Says where cell 0 is, before any other use. */
  start(base: Address): void {
    this.base = base;
    this.firstPayload = base + HEADER_BYTES;
    this.#baseCells = (base | 0) >>> 3;
    this.#baseHigh = Math.floor(base / 2 ** 32);
  }

  /**
   * Makes the window reach up to `cells`. Views made from earlier windows stay
   * good: they show the same memory.
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
    this.#bytes = new Uint8Array(window);
    this.#quarters = quartersOf(window);
    this.#near = this.#quarters[0]!;
  }

  /** The address of a cell. */
  addressOf(cell: number): Address {
    return this.base + cell * CELL_BYTES;
  }

  /**
   * Writes a header's status. Every call that allocates or frees does, so this is
   * where it shows that the window is closed; its length is at hand here.
   *
   * @throws {UsageError} If the memory was given back.
   */
  writeStatus(cell: number, status: number): void {
    const words = cell < QUARTER_CELLS ? this.#near : this.#quarter(cell);
    if (words.length === 0) throw memoryIsGone();
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
   * Writes how far a block reaches: its size, its link to the block after it, and
   * that one's link back.
   *
   * @param cell The block.
   * @param size Its cells of payload.
   * @param next The block after it, or none.
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

  /** Writes the header of a free block, but for its extent and with none before it. */
  writeLone(cell: number): void {
    const words = this.#quarter(cell);
    const at = (cell & IN_QUARTER) << 1;
    words[at + STATUS_WORD] = STATUS.free;
    words[at + PADDING] = 0;
    words[at + PREV] = 0;
    words[at + PREV + 1] = 0;
  }

  /**
   * Writes what changes where a block is split: its own size and link, the whole
   * header of the free block behind it, and the link back of the next one.
   *
   * Links count cells from the multiple of 4 GiB below the base, so that there is
   * no carry to care for. Both blocks mostly lie within the first 4 GiB: one view
   * for all three headers takes two thirds of the time.
   *
   * @param cell The block.
   * @param rest Where the free block starts.
   * @param end Where that ends.
   * @param next The block after it, or none.
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

  /** The size that stands in a header, in cells. */
  sizeAt(cell: number): number {
    const words = this.#quarter(cell);
    const at = (cell & IN_QUARTER) << 1;
    return words[at + SIZE]! >>> 3 | words[at + SIZE + 1]! << 29;
  }

  /** The status that stands in a header. */
  statusAt(cell: number): number {
    return this.#quarter(cell)[((cell & IN_QUARTER) << 1) + STATUS_WORD]!;
  }

  /** Reads a header back as C would. */
  read(cell: number): HeaderFields {
    const at = cell * CELL_BYTES;
    return readHeader(new DataView(this.#bytes.buffer, at, HEADER_BYTES));
  }

  /** A live view of `length` bytes of the payload of the block at `cell`. */
  payload(cell: number, length: number): Uint8Array<ArrayBuffer> {
    const start = (cell + HEADER_CELLS) * CELL_BYTES;
    return new Uint8Array(this.#bytes.buffer, start, length);
  }

  /** Fills a payload of `size` cells with zeros. */
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

  /** The view in which a cell's header lies whole. */
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

/** Views of each 4 GiB of a window, and of a header more than that. */
function quartersOf(window: ArrayBuffer): Int32Array<ArrayBuffer>[] {
  const quarter = QUARTER_CELLS * CELL_BYTES;
  const views = [];
  for (let start = 0; start < window.byteLength; start += quarter) {
    const length = Math.min(window.byteLength - start, quarter + HEADER_BYTES);
    views.push(new Int32Array(window, start, Math.floor(length / 4)));
  }
  return views;
}

function memoryIsGone(): UsageError {
  return new UsageError(
    "memory-gone",
    "Cannot use this heap: its memory was given back; make a new one",
  );
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
