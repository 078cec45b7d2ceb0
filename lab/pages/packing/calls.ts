import { CELL_BYTES, STATUS } from "@osmem/osmem/internal/plain";
import type { RunData } from "../../runs/run_data.ts";
import { CallKind, NO_BLOCK } from "../../traces/trace.ts";
import type { PackReader, PackWriter } from "./pack.ts";

/** The columns of a run that say what was called. */
export type CallColumns = Pick<
  RunData,
  "kinds" | "blocks" | "counts" | "sizes" | "results" | "searches"
>;

/** What both sides know before the first call. */
export type CallsStart = Pick<
  RunData,
  "length" | "blockCount" | "start" | "initial"
>;

/**
 * Writes the calls. Blocks count back from the newest, results from a guess, and
 * searches from the one before: 0 stands for none.
 */
export function writeCalls(pack: PackWriter, data: RunData): void {
  const kinds = pack.column();
  const blocks = pack.column();
  const counts = pack.column();
  const sizes = pack.column();
  const results = pack.column();
  const searches = pack.column();
  const guess = new ResultGuess(data);
  let searched = 0;
  kinds.bytes(data.kinds);
  for (let call = 0; call < data.length; call++) {
    const block = data.blocks[call]!;
    const result = data.results[call]!;
    const guessed = guess.before(data.kinds[call]!, block);
    blocks.unsigned(block === NO_BLOCK ? 0 : 1 + guess.newest - block);
    counts.number(data.counts[call]!);
    sizes.number(data.sizes[call]!);
    results.unsigned(result === 0 ? 0 : 1 + foldSign(result - guessed));
    guess.after(block, result);
    const examined = data.searches[call]!;
    searches.unsigned(examined === 0 ? 0 : 1 + foldUnits(examined - searched));
    if (examined !== 0) searched = examined;
  }
}

/** Reads what {@linkcode writeCalls} wrote. */
export function readCalls(pack: PackReader, start: CallsStart): CallColumns {
  const { length } = start;
  const kinds = pack.column().bytes(length);
  const blocks = pack.column();
  const counts = pack.column();
  const sizes = pack.column();
  const results = pack.column();
  const searches = pack.column();
  const read = emptyCalls(kinds);
  const guess = new ResultGuess(start);
  let searched = 0;
  for (let call = 0; call < length; call++) {
    const back = blocks.unsigned();
    const block = back === 0 ? NO_BLOCK : guess.newest + 1 - back;
    const guessed = guess.before(kinds[call]!, block);
    const folded = results.unsigned();
    const result = folded === 0 ? 0 : guessed + unfoldSign(folded - 1);
    read.blocks[call] = block;
    read.counts[call] = counts.number();
    read.sizes[call] = sizes.number();
    read.results[call] = result;
    guess.after(block, result);
    const examined = searches.unsigned();
    if (examined === 0) continue;
    searched += unfoldUnits(examined - 1);
    read.searches[call] = searched;
  }
  return read;
}

/** Guesses what a call returns: `realloc` the same place, others the last one. */
class ResultGuess {
  /** The highest block number that is possible now. */
  newest: number;
  readonly #payloads: Float64Array;
  #last: number;

  constructor({ blockCount, start, initial }: CallsStart) {
    this.newest = initial.statuses.filter((status) => status !== STATUS.free)
      .length;
    this.#payloads = new Float64Array(blockCount + 1);
    this.#last = start;
  }

  before(kind: number, block: number): number {
    const payload = kind === CallKind.realloc ? this.#payloads[block] : 0;
    return payload || this.#last;
  }

  after(block: number, result: number): void {
    if (block === NO_BLOCK) return;
    this.newest = Math.max(this.newest, block + 1);
    if (result === 0) return;
    this.#payloads[block] = result;
    this.#last = result;
  }
}

function emptyCalls(kinds: Uint8Array): CallColumns {
  const { length } = kinds;
  return {
    kinds,
    blocks: new Uint32Array(length),
    counts: new Float64Array(length),
    sizes: new Float64Array(length),
    results: new Float64Array(length),
    searches: new Uint32Array(length),
  };
}

function foldSign(bytes: number): number {
  return foldUnits(bytes / CELL_BYTES);
}

function unfoldSign(folded: number): number {
  return unfoldUnits(folded) * CELL_BYTES;
}

/** Whole numbers of both signs as whole numbers from 0: those near 0 stay small. */
function foldUnits(units: number): number {
  return units < 0 ? -2 * units - 1 : 2 * units;
}

function unfoldUnits(folded: number): number {
  return folded % 2 === 1 ? -(folded + 1) / 2 : folded / 2;
}
