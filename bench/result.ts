import { quantile } from "../lab/replay/latency.ts";

/** How long an operation takes on one allocator, in nanoseconds. */
export interface Timing {
  /** The allocator's name. */
  readonly peer: string;
  /** The median of the rounds. */
  readonly median: number;
  /** A quarter of the rounds took at most this long. */
  readonly lowerQuartile: number;
  /** Three quarters of the rounds took at most this long. */
  readonly upperQuartile: number;
}

/** The median and the quartiles of an allocator's rounds; nanoseconds an operation. */
export function timingOf(peer: string, times: Float64Array): Timing {
  return {
    peer,
    median: quantile(times, 0.5),
    lowerQuartile: quantile(times, 0.25),
    upperQuartile: quantile(times, 0.75),
  };
}

/** How much memory osmem took when a case was at its fullest, in bytes. */
export interface Footprint {
  /** How many heaps these are the sums of. */
  readonly heaps: number;
  /** Payloads, rounded up to 8. */
  readonly peakLive: number;
  /** Payloads and their headers. */
  readonly peakLiveWithHeaders: number;
  /** Obtained from the system. */
  readonly peakFootprint: number;
  /** The allocator's own tables, outside that memory. */
  readonly tables: number;
}

/** A case at one number of blocks, on every allocator that is installed. */
export interface Result {
  /** The case. */
  readonly case: string;
  /** What counts as one operation. */
  readonly operation: string;
  /** How many blocks are live. */
  readonly blocks: number;
  /** osmem's first; empty if a C library is not installed. */
  readonly timings: readonly Timing[];
  /** The memory that osmem took, if the case gives it a heap of its own. */
  readonly footprint?: Footprint;
  /** Calls of the allocator in a run, if a C library makes them. */
  readonly calls?: number;
  /** What is not installed: a sentence for each. */
  readonly leftOut: readonly string[];
}

/** The machine and the versions of what runs on it. */
export interface Machine {
  /** The processor's name. */
  readonly processor: string;
  /** How many processors the system shows. */
  readonly processors: number;
  /** The architecture, as in `"x86_64"`. */
  readonly architecture: string;
  /** The version of Deno, which runs the code. */
  readonly deno: string;
  /** The version of V8, which compiles the code. */
  readonly v8: string;
}

/** All that one run of the benchmark measured: what `--json` prints. */
export interface Figures {
  readonly machine: Machine;
  /** The day, in UTC: `"2025-12-31"`. */
  readonly date: string;
  /** Rounds that each median is of. */
  readonly rounds: number;
  /** Milliseconds of each allocator's turn in a round, at least. */
  readonly turn: number;
  readonly results: readonly Result[];
}
