import { requestedBy } from "../../../runs/run_call.ts";
import type { RunData } from "../../../runs/run_data.ts";
import { NO_BLOCK } from "../../../traces/trace.ts";

/** How many values lie above half of `most`, up to `most`: a power of two. */
export interface Bucket {
  readonly most: number;
  count: number;
}

/** Counts values by powers of two, from the lowest that there are to the highest. */
export class Distribution {
  readonly #counts = new Map<number, number>();

  /** Adds a value of at least 0. */
  add(value: number): void {
    const power = value <= 1 ? 0 : Math.ceil(Math.log2(value));
    this.#counts.set(power, (this.#counts.get(power) ?? 0) + 1);
  }

  /** The buckets, empty ones between others too. */
  get buckets(): Bucket[] {
    const powers = [...this.#counts.keys()];
    if (powers.length === 0) return [];
    const first = Math.min(...powers);
    const length = Math.max(...powers) - first + 1;
    return Array.from({ length }, (_, at) => ({
      most: 2 ** (first + at),
      count: this.#counts.get(first + at) ?? 0,
    }));
  }
}

/** The sizes that calls asked for, in bytes. */
export function sizesOf(data: RunData): Bucket[] {
  const sizes = new Distribution();
  for (let call = 0; call < data.length; call++) {
    if (data.results[call] !== 0) sizes.add(requestedBy(data, call));
  }
  return sizes.buckets;
}

/** How long blocks lived that were freed, in calls. */
export interface Lifetimes {
  readonly buckets: Bucket[];
  /** Blocks that were never freed. */
  readonly unfreed: number;
}

/** How long blocks lived, from the call that allocated them. */
export function lifetimesOf(data: RunData): Lifetimes {
  const lifetimes = new Distribution();
  const births = new Float64Array(data.blockCount).fill(-1);
  let unfreed = 0;
  for (let call = 0; call < data.length; call++) {
    const block = data.blocks[call]!;
    if (block === NO_BLOCK || data.refusals.has(call)) continue;
    if (data.results[call] === 0) {
      unfreed -= births[block] === -1 ? 0 : 1;
      if (births[block] !== -1) lifetimes.add(call - births[block]!);
    } else if (births[block] === -1) {
      births[block] = call;
      unfreed++;
    }
  }
  return { buckets: lifetimes.buckets, unfreed };
}
