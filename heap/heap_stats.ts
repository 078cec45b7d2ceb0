/** The system calls of a heap that succeeded. */
export interface SystemCallCounts {
  /** Moves of the break; asking where it is makes no system call. */
  readonly sbrk: number;
  /** Mappings made. */
  readonly mmap: number;
  /** Mappings given back. */
  readonly munmap: number;
}

/** The free memory of a heap at one moment. */
export interface FreeMemory {
  /** Bytes of payload in free heap blocks. */
  readonly freeBytes: number;
  /** Bytes of payload of the largest free heap block, 0 if there is none. */
  readonly largestFreeBytes: number;
}

/** Counts and bytes of a heap at one moment. */
export interface HeapStats extends FreeMemory {
  /** Blocks that are allocated: heap blocks and mapped blocks. */
  readonly liveBlocks: number;
  /** Bytes of payload in live blocks. */
  readonly liveBytes: number;
  /** Live blocks that are mapped: each is a mapping of its own. */
  readonly mappedBlocks: number;
  /** Bytes of payload in mapped blocks. */
  readonly mappedBytes: number;
  /** Free heap blocks; neighbours count separately until they are merged. */
  readonly freeBlocks: number;
  /** Bytes of all headers: 32 for each block, also free and mapped ones. */
  readonly headerBytes: number;
  /** Bytes obtained from the system: below the break, and in mappings. */
  readonly footprintBytes: number;
  /** The most that `liveBytes` has been. */
  readonly peakLiveBytes: number;
  /** The most that `footprintBytes` has been: the peak footprint. */
  readonly peakFootprintBytes: number;
  /** System calls so far. */
  readonly systemCalls: SystemCallCounts;
  /**
   * Bytes of the tables in which the heap keeps track of its heap blocks. They lie
   * outside the memory that it manages. Tables for mapped blocks are not counted.
   */
  readonly tableBytes: number;
  /**
   * Repeated steps so far: blocks merged, words of the boundary tags read beyond those of
   * a block and its neighbours, and entries of the free index moved or compared. They
   * measure without a clock what calls cost beyond the constant part of each. Reading the
   * statistics takes steps too. The number varies a little from run to run.
   */
  readonly steps: number;
}
