import { CELL_BYTES, HEADER_BYTES } from "@osmem/osmem/internal/plain";
import type { Changes, RunData } from "../../runs/run_data.ts";
import { NO_BLOCK } from "../../traces/trace.ts";
import type { CallColumns } from "./calls.ts";
import type { PackReader, PackWriter } from "./pack.ts";

/** What both sides know before the changes. */
export type ChangesStart =
  & CallColumns
  & Pick<RunData, "length" | "blockCount">;

/**
 * Writes what each call changed, as what differs from a guess: mostly nothing.
 *
 * ```text
 *   a call's first change    the block that it returned or freed, as large as
 *                            asked for or as before
 *   the next ones            lie after the one before
 * ```
 */
export function writeChanges(pack: PackWriter, data: RunData): void {
  const counts = pack.column();
  const addresses = pack.column();
  const sizes = pack.column();
  const statuses = pack.column();
  const guess = new ChangeGuess(data);
  const { changes } = data;
  let change = 0;
  for (let call = 0; call < data.length; call++) {
    const end = changes.ends[call]!;
    counts.unsigned(end - change);
    guess.begin(call);
    for (; change < end; change++) {
      const address = changes.addresses[change]!;
      const size = changes.sizes[change]!;
      addresses.signed((address - guess.address) / CELL_BYTES);
      sizes.signed((size - guess.size) / CELL_BYTES);
      guess.next(address, size);
    }
  }
  statuses.bytes(changes.statuses);
}

/** Reads what {@linkcode writeChanges} wrote. */
export function readChanges(pack: PackReader, data: ChangesStart): Changes {
  const counts = pack.column();
  const addresses = pack.column();
  const sizes = pack.column();
  const statuses = pack.column();
  const guess = new ChangeGuess(data);
  const read = emptyChanges(counts.unsigned.bind(counts), data.length);
  let change = 0;
  for (let call = 0; call < data.length; call++) {
    guess.begin(call);
    for (; change < read.ends[call]!; change++) {
      const address = guess.address + addresses.signed() * CELL_BYTES;
      const size = guess.size + sizes.signed() * CELL_BYTES;
      read.addresses[change] = address;
      read.sizes[change] = size;
      guess.next(address, size);
    }
  }
  read.statuses.set(statuses.bytes(change));
  return read;
}

/** Guesses the next change: where it is, and how large. */
class ChangeGuess {
  address = 0;
  size = 0;
  readonly #data: ChangesStart;
  readonly #payloads: Float64Array;
  readonly #sizes: Float64Array;
  #block = NO_BLOCK;
  #header = 0;

  constructor(data: ChangesStart) {
    this.#data = data;
    this.#payloads = new Float64Array(data.blockCount);
    this.#sizes = new Float64Array(data.blockCount);
  }

  begin(call: number): void {
    const { blocks, results, counts, sizes } = this.#data;
    const block = blocks[call]!;
    const result = results[call]!;
    const isKnown = block < this.#payloads.length;
    if (isKnown && result !== 0) {
      this.#payloads[block] = result;
      this.#sizes[block] = roundToCells(counts[call]! * sizes[call]!);
    }
    const payload = isKnown ? this.#payloads[block]! : result;
    this.#block = isKnown ? block : NO_BLOCK;
    this.#header = Math.max(payload - HEADER_BYTES, 0);
    this.address = this.#header;
    this.size = isKnown ? this.#sizes[block]! : 0;
  }

  next(address: number, size: number): void {
    if (address === this.#header && this.#block !== NO_BLOCK) {
      this.#sizes[this.#block] = size;
    }
    this.address = address + HEADER_BYTES + size;
    this.size = 0;
  }
}

function roundToCells(bytes: number): number {
  return Math.ceil(bytes / CELL_BYTES) * CELL_BYTES;
}

function emptyChanges(nextCount: () => number, calls: number): Changes {
  const ends = new Uint32Array(calls);
  let end = 0;
  for (let call = 0; call < calls; call++) ends[call] = end += nextCount();
  return {
    ends,
    addresses: new Float64Array(end),
    sizes: new Float64Array(end),
    statuses: new Uint8Array(end),
  };
}
