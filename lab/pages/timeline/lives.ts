import { HEADER_BYTES, STATUS } from "@osmem/osmem/internal/plain";
import { Column } from "../../runs/column.ts";
import type { RunData } from "../../runs/run_data.ts";
import { NO_BLOCK } from "../../traces/trace.ts";
import { lastAtMost } from "./address_scale.ts";
import type { Footprint } from "./footprint.ts";

/**
 * The lives of a run's blocks as rectangles: the moments at which a block lies
 * somewhere, and the bytes that it takes there, its header included. A block that
 * `realloc` moves or resizes has a life for each place. In the order of their
 * end.
 *
 * They are leaner than the lives of a run's `timeline()`: a page finds those of a
 * million calls each time that it is opened, and looks up labels and free blocks at
 * one moment only.
 */
export interface Lives {
  /** How many. */
  readonly length: number;
  /** The blocks' numbers. */
  readonly blocks: Uint32Array;
  /** The first moments: calls made before. */
  readonly from: Uint32Array;
  /** The moments past the last ones. */
  readonly to: Uint32Array;
  /** Offsets of the first bytes. */
  readonly low: Float64Array;
  /** Offsets past the last bytes. */
  readonly high: Float64Array;
}

/** The first life that has not ended at a moment, by its place. */
export function firstUnended({ length, to }: Lives, moment: number): number {
  return lastAtMost(length, moment, (life) => to[life]!) + 1;
}

/** The lives on the heap, and those of mappings. */
export interface AllLives {
  readonly heap: Lives;
  readonly mappings: Lives;
}

/** Finds the lives of all blocks of a run. */
export function livesOf(data: RunData, footprint: Footprint): AllLives {
  const lives = new LifeLog(data, footprint);
  for (let call = 0; call < data.length; call++) {
    const block = data.blocks[call]!;
    if (block === NO_BLOCK) continue;
    if (data.results[call] !== 0) lives.place(block, call);
    else if (!data.refusals.has(call)) lives.end(block, call + 1);
  }
  return lives.finish();
}

/** A place where a block that `call` returned lies now. */
export interface Place {
  /** Address of the header. */
  readonly header: number;
  /** Bytes of payload. */
  readonly size: number;
  /** Whether it is a mapping. */
  readonly isMapped: boolean;
}

/** Where the block lies that a call returned. */
export function placeOf(data: RunData, call: number): Place {
  const { ends, addresses, sizes, statuses } = data.changes;
  const header = data.results[call]! - HEADER_BYTES;
  let change = call === 0 ? 0 : ends[call - 1]!;
  while (change < ends[call]! && addresses[change] !== header) change++;
  return {
    header,
    size: sizes[change]!,
    isMapped: statuses[change] === STATUS.mapped,
  };
}

/** The places where blocks lie now, and the lives that have ended. */
class LifeLog {
  readonly #data: RunData;
  readonly #footprint: Footprint;
  readonly #heap = new LifeColumns();
  readonly #mappings = new LifeColumns();
  /** For each block: since when it lies where it does; -1 if it does not live. */
  readonly #since: Float64Array;
  readonly #headers: Float64Array;
  readonly #sizes: Float64Array;
  readonly #isMapped: Uint8Array;

  constructor(data: RunData, footprint: Footprint) {
    this.#data = data;
    this.#footprint = footprint;
    this.#since = new Float64Array(data.blockCount).fill(-1);
    this.#headers = new Float64Array(data.blockCount);
    this.#sizes = new Float64Array(data.blockCount);
    this.#isMapped = new Uint8Array(data.blockCount);
    this.#placeInitialBlocks();
  }

  place(block: number, call: number): void {
    const place = placeOf(this.#data, call);
    const stays = this.#since[block]! >= 0 &&
      this.#headers[block] === place.header &&
      this.#sizes[block] === place.size;
    if (stays) return;
    this.end(block, call + 1);
    this.#begin(block, call + 1, place);
  }

  end(block: number, moment: number): void {
    const from = this.#since[block]!;
    if (from < 0) return;
    const isMapped = this.#isMapped[block] === 1;
    const scale = isMapped ? this.#footprint.mappings : this.#footprint.heap;
    const lives = isMapped ? this.#mappings : this.#heap;
    const length = HEADER_BYTES + this.#sizes[block]!;
    lives.add(
      block,
      from,
      moment,
      scale.offsetOf(this.#headers[block]!),
      length,
    );
    this.#since[block] = -1;
  }

  finish(): AllLives {
    const end = this.#data.length + 1;
    for (let block = 0; block < this.#since.length; block++) {
      this.end(block, end);
    }
    return { heap: this.#heap.finish(), mappings: this.#mappings.finish() };
  }

  #begin(block: number, moment: number, place: Place): void {
    this.#since[block] = moment;
    this.#headers[block] = place.header;
    this.#sizes[block] = place.size;
    this.#isMapped[block] = place.isMapped ? 1 : 0;
  }

  #placeInitialBlocks(): void {
    const { addresses, sizes, statuses, length } = this.#data.initial;
    let block = 0;
    for (let index = 0; index < length; index++) {
      if (statuses[index] === STATUS.free) continue;
      this.#begin(block++, 0, {
        header: addresses[index]!,
        size: sizes[index]!,
        isMapped: statuses[index] === STATUS.mapped,
      });
    }
  }
}

/** {@linkcode Lives} under way. */
class LifeColumns {
  readonly #blocks = new Column(Uint32Array);
  readonly #from = new Column(Uint32Array);
  readonly #to = new Column(Uint32Array);
  readonly #low = new Column(Float64Array);
  readonly #high = new Column(Float64Array);

  add(
    block: number,
    from: number,
    to: number,
    low: number,
    length: number,
  ): void {
    this.#blocks.push(block);
    this.#from.push(from);
    this.#to.push(to);
    this.#low.push(low);
    this.#high.push(low + length);
  }

  finish(): Lives {
    return {
      length: this.#blocks.length,
      blocks: this.#blocks.finish(),
      from: this.#from.finish(),
      to: this.#to.finish(),
      low: this.#low.finish(),
      high: this.#high.finish(),
    };
  }
}
