/** How long an operation takes on one allocator, in nanoseconds. */
export interface Timing {
  /** The allocator's name. */
  readonly peer: string;
  /** The median of the rounds. */
  readonly median: number;
  /** A quarter of the rounds were at most this fast. */
  readonly lowerQuartile: number;
  /** Three quarters of the rounds were at most this slow. */
  readonly upperQuartile: number;
}

/** What a heap of osmem took when a case was at its fullest. All in bytes. */
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

/** A case at one number of blocks, on every allocator that is there. */
export interface Result {
  /** The case. */
  readonly case: string;
  /** What counts as one operation. */
  readonly operation: string;
  /** How many blocks are live. */
  readonly blocks: number;
  /** Ours first; none where what is measured is not there. */
  readonly timings: readonly Timing[];
  /** What ours takes, where it has a heap of its own. */
  readonly footprint?: Footprint;
  /** Calls of the allocator in a run, where a C library makes them. */
  readonly calls?: number;
  /** What is not there, and why. */
  readonly leftOut: readonly string[];
}
