import type { Address } from "../ffi/memory.ts";
import { CELL_BYTES, FIELD, HEADER_BYTES, HEADER_CELLS } from "./layout.ts";
import type { System } from "./system.ts";

/** A header's fields as they stand in memory: size in bytes, links as addresses. */
export interface HeaderFields {
  readonly size: number;
  readonly status: number;
  readonly padding: number;
  readonly prev: Address;
  readonly next: Address;
}

/** The cell number of no block: none before, none after, or none found. */
export const NO_BLOCK = -1;

/** The first window covers 1 MiB; each later one twice what is needed. */
const FIRST_WINDOW_BYTES = 1 << 20;

/** Where each field starts, in 32-bit words. */
const WORD = {
  size: FIELD.size / 4,
  status: FIELD.status / 4,
  padding: FIELD.padding / 4,
  prev: FIELD.prev / 4,
  next: FIELD.next / 4,
} as const;

/**
 * The heap blocks' memory: headers as C reads them, and payloads.
 *
 * Headers are only ever written for others to read. Both halves of every
 * 64-bit field are written, because memory behind the break may hold anything.
 * Words are 32 bits wide because BigInts would be allocated for wider ones;
 * x86_64 and aarch64 both store the lower half first.
 */
export class Headers {
  readonly #system: System;
  /** The heap's first header; cell 0. */
  #base: Address = 0;
  #firstPayload: Address = HEADER_BYTES;
  /** The base's lower and upper 32 bits. */
  #baseLow = 0;
  #baseHigh = 0;
  #words = new Int32Array(0);
  #bytes = new Uint8Array(0);

  /** @param system Where windows come from. */
  constructor(system: System) {
    this.#system = system;
  }

  /** The address of cell 0. */
  get base(): Address {
    return this.#base;
  }

  /** Says where cell 0 is, before any other use. */
  start(base: Address): void {
    this.#base = base;
    this.#firstPayload = base + HEADER_BYTES;
    this.#baseLow = base | 0;
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
    const window = this.#system.window(this.#base, length);
    if (window.byteLength < bytes) {
      throw new TypeError(
        `The heap's memory opened a window of ${window.byteLength} bytes: expected ` +
          `${length}, or at least the ${bytes} up to the program break`,
      );
    }
    this.#words = new Int32Array(window, 0, Math.floor(window.byteLength / 4));
    this.#bytes = new Uint8Array(window);
  }

  /** Whether there is no window, or the one there was is closed. */
  get isClosed(): boolean {
    return this.#words.length === 0;
  }

  /** The address of the payload of a block at cell 0. */
  get firstPayload(): Address {
    return this.#firstPayload;
  }

  /** The address of a cell. */
  addressOf(cell: number): Address {
    return this.#base + cell * CELL_BYTES;
  }

  /** Writes a whole header: size in cells, links as cell numbers. */
  write(
    cell: number,
    size: number,
    status: number,
    prev: number,
    next: number,
  ): void {
    const at = firstWord(cell);
    this.#words[at + WORD.status] = status;
    this.#words[at + WORD.padding] = 0;
    this.writeSize(cell, size);
    this.writePrev(cell, prev);
    this.writeNext(cell, next);
  }

  /** Writes a header's size, given in cells. */
  writeSize(cell: number, size: number): void {
    const at = firstWord(cell);
    this.#words[at + WORD.size] = size << 3;
    this.#words[at + WORD.size + 1] = size >>> 29;
  }

  /**
   * Writes a header's status. Every call that allocates or frees does, so this is
   * where it shows that the window is closed; its length is at hand here.
   *
   * @throws {TypeError} If the memory was given back.
   */
  writeStatus(cell: number, status: number): void {
    if (this.#words.length === 0) throw memoryIsGone();
    this.#words[firstWord(cell) + WORD.status] = status;
  }

  /** Writes the link to the header before, or to none. */
  writePrev(cell: number, prev: number): void {
    this.#writeLink(firstWord(cell) + WORD.prev, prev);
  }

  /** Writes the link to the header after, or to none. */
  writeNext(cell: number, next: number): void {
    this.#writeLink(firstWord(cell) + WORD.next, next);
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

  #writeLink(at: number, cell: number): void {
    if (cell === NO_BLOCK) {
      this.#words[at] = 0;
      this.#words[at + 1] = 0;
      return;
    }
    const low = (this.#baseLow + (cell << 3)) | 0;
    const carry = (low >>> 0) < (this.#baseLow >>> 0) ? 1 : 0;
    this.#words[at] = low;
    this.#words[at + 1] = this.#baseHigh + (cell >>> 29) + carry;
  }
}

function memoryIsGone(): TypeError {
  return new TypeError(
    "Cannot use this heap: its memory was given back; make a new one",
  );
}

/** Where a cell starts, in 32-bit words: beyond 8 GiB more than 31 bits. */
function firstWord(cell: number): number {
  return (cell << 1) >>> 0;
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
