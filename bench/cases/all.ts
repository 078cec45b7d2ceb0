import {
  ALL_PEERS,
  COPYING,
  DEBUGGED,
  OWNING,
  type Peers,
  REPLAYED,
  WITH_POINTERS,
  ZEROING,
} from "../peers/all.ts";

/** Something to measure: a module, and which of its cases. */
export interface Case {
  /** Its name in the tables, and what `--case` looks for. */
  readonly name: string;
  /** What counts as one operation. */
  readonly operation: string;
  /** Its module in this folder. */
  readonly module: string;
  /** The export of the module that lays it out. */
  readonly preparation: string;
  /** How many blocks are live, unless the command line says otherwise. */
  readonly blocks: readonly [number, ...number[]];
  /** The allocators that are compared. */
  readonly peers: Peers;
}

const SMALL_BLOCKS = "free of a random block and malloc of 16 to 271 bytes";
const RECORDED = "a call of a recorded program";
const EQUAL_BLOCKS =
  "malloc and free of 64 bytes, a million before the first free";

/** The cases, in the order of the tables. */
export const CASES: readonly Case[] = [
  {
    name: "pair of one size",
    operation: "malloc and free of 64 bytes",
    module: "pair.ts",
    preparation: "oneSize",
    blocks: [1e3],
    peers: ALL_PEERS,
  },
  {
    name: "pair of changing sizes",
    operation: "malloc and free of 16 to 271 bytes",
    module: "pair.ts",
    preparation: "changingSizes",
    blocks: [1e3],
    peers: ALL_PEERS,
  },
  {
    name: "os_malloc and os_free",
    operation: "malloc and free of 64 bytes, with pointers",
    module: "pair.ts",
    preparation: "oneSize",
    blocks: [1e3],
    peers: WITH_POINTERS,
  },
  {
    name: "pair in a debug heap",
    operation: "malloc and free of 64 bytes",
    module: "pair.ts",
    preparation: "oneSize",
    blocks: [1e3],
    peers: DEBUGGED,
  },
  {
    name: "allocation object, 64 bytes",
    operation: "an object that owns memory, made and disposed of",
    module: "pair.ts",
    preparation: "oneSize",
    blocks: [1e3],
    peers: OWNING,
  },
  {
    name: "allocation object, 4 KiB",
    operation: "an object that owns memory, made and disposed of",
    module: "pair.ts",
    preparation: "onePage",
    blocks: [1e3],
    peers: OWNING,
  },
  {
    name: "allocations, then frees",
    operation: "malloc and free of 64 bytes",
    module: "equal_blocks.ts",
    preparation: "ascending",
    blocks: [16, 1e3],
    peers: ALL_PEERS,
  },
  {
    name: "churn of one size",
    operation: "free of a random block and malloc of 64 bytes",
    module: "churn.ts",
    preparation: "oneSize",
    blocks: [1e3],
    peers: ALL_PEERS,
  },
  {
    name: "random churn",
    operation: SMALL_BLOCKS,
    module: "churn.ts",
    preparation: "small",
    blocks: [1e3, 1e4, 1e5, 1e6],
    peers: ALL_PEERS,
  },
  {
    name: "churn of mixed sizes",
    operation: "free of a random block and malloc of 16 bytes to 64 KiB",
    module: "churn.ts",
    preparation: "mixed",
    blocks: [1e3, 1e5],
    peers: ALL_PEERS,
  },
  {
    name: "two heaps in turn",
    operation: SMALL_BLOCKS,
    module: "churn.ts",
    preparation: "twoHeaps",
    blocks: [1e3],
    peers: ALL_PEERS,
  },
  {
    name: "equal blocks, freed ascending",
    operation: EQUAL_BLOCKS,
    module: "equal_blocks.ts",
    preparation: "ascending",
    blocks: [1e6],
    peers: ALL_PEERS,
  },
  {
    name: "equal blocks, freed descending",
    operation: EQUAL_BLOCKS,
    module: "equal_blocks.ts",
    preparation: "descending",
    blocks: [1e6],
    peers: ALL_PEERS,
  },
  {
    name: "equal blocks, freed in random order",
    operation: EQUAL_BLOCKS,
    module: "equal_blocks.ts",
    preparation: "random",
    blocks: [1e6],
    peers: ALL_PEERS,
  },
  {
    name: "alternating frees",
    operation: "free of every second block and malloc of 64 bytes",
    module: "alternating.ts",
    preparation: "alternating",
    blocks: [1e3, 1e6],
    peers: ALL_PEERS,
  },
  {
    name: "growth by small steps",
    operation: "realloc by 16 bytes more, up to 16 KiB",
    module: "growth.ts",
    preparation: "smallSteps",
    blocks: [1e3],
    peers: ALL_PEERS,
  },
  {
    name: "growth by large steps",
    operation: "realloc by 1 KiB more, up to 64 KiB",
    module: "growth.ts",
    preparation: "largeSteps",
    blocks: [1e3],
    peers: ALL_PEERS,
  },
  {
    name: "growth of all blocks in turn",
    operation: "realloc by 16 bytes more, up to 256 and from 16 again",
    module: "growth.ts",
    preparation: "inTurn",
    blocks: [1e3, 1e5],
    peers: ALL_PEERS,
  },
  {
    name: "realloc to a random size",
    operation: "realloc of a random block to 16 to 271 bytes",
    module: "churn.ts",
    preparation: "resizes",
    blocks: [1e3],
    peers: ALL_PEERS,
  },
  {
    name: "calloc of 1 KiB",
    operation: "calloc and free",
    module: "contents.ts",
    preparation: "zeroed1KiB",
    blocks: [1],
    peers: ALL_PEERS,
  },
  {
    name: "calloc of 64 KiB, a mapping",
    operation: "calloc and free; the contract maps a page and more",
    module: "contents.ts",
    preparation: "zeroed64KiB",
    blocks: [1],
    peers: ALL_PEERS,
  },
  {
    name: "calloc of 64 KiB on the heap",
    operation: "calloc and free",
    module: "contents.ts",
    preparation: "zeroed64KiB",
    blocks: [1],
    peers: ZEROING,
  },
  {
    name: "copying in realloc",
    operation: "realloc of 96 KiB that must move, its malloc and free",
    module: "contents.ts",
    preparation: "moved",
    blocks: [1],
    peers: COPYING,
  },
  {
    name: "mapping",
    operation: "malloc and free of 256 KiB",
    module: "contents.ts",
    preparation: "mapped",
    blocks: [1],
    peers: ALL_PEERS,
  },
  {
    name: "trace of word-index",
    operation: RECORDED,
    module: "trace.ts",
    preparation: "wordIndex",
    blocks: [6033],
    peers: REPLAYED,
  },
  {
    name: "trace of compile-calculator",
    operation: RECORDED,
    module: "trace.ts",
    preparation: "compileCalculator",
    blocks: [3777],
    peers: REPLAYED,
  },
  {
    name: "trace of lending-library",
    operation: RECORDED,
    module: "trace.ts",
    preparation: "lendingLibrary",
    blocks: [1013],
    peers: REPLAYED,
  },
  {
    name: "trace of log-report",
    operation: RECORDED,
    module: "trace.ts",
    preparation: "logReport",
    blocks: [8323],
    peers: REPLAYED,
  },
];
