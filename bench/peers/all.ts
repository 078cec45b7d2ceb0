/** An allocator that osmem is measured beside, or osmem in one of its uses. */
export interface Peer {
  /** Its name in the tables. */
  readonly name: string;
  /**
   * How a case runs on it: on the allocator that a module opens, or in C. `inC` and
   * `bare` are the functions of the case that run C without an allocator in between.
   */
  readonly runs: Opener | "inC" | "bare";
  /** Where more blocks are live the allocator is left out: a round would take minutes. */
  readonly mostBlocks?: number;
}

/**
 * What opens an allocator. Each peer loads its module anew (`enter` says how), so that
 * the compiler learns only what this peer does; peers may therefore share a file.
 */
export interface Opener {
  /** The module in this folder. */
  readonly module: string;
  /** The function that it exports. */
  readonly open: string;
}

/** A heap in an arena of its own, with addresses as numbers. */
export const osmem: Peer = {
  name: "osmem",
  runs: { module: "osmem.ts", open: "open" },
};

/** glibc's malloc through FFI, as most programs call it. */
export const glibc: Peer = {
  name: "glibc through FFI",
  runs: { module: "glibc.ts", open: "open" },
};

/** glibc's malloc through FFI, in the fastest way. */
export const glibcWrapped: Peer = {
  name: "glibc, wrapped",
  runs: { module: "glibc.ts", open: "openWrapped" },
};

/** glibc's malloc as C calls it. */
export const inC: Peer = { name: "glibc in plain C", runs: "inC" };

/** The best known allocator in TypeScript. */
export const thiNgMalloc: Peer = {
  name: "@thi.ng/malloc",
  runs: { module: "thi_ng_malloc.ts", open: "open" },
  mostBlocks: 1e3,
};

/** JavaScript's own memory. */
export const uint8Array: Peer = {
  name: "new Uint8Array",
  runs: { module: "uint8_array.ts", open: "open" },
  mostBlocks: 1e5,
};

/** The contract in C, as the course's own solution implements it. */
export const linearList: Peer = {
  name: "linear list in C",
  runs: { module: "linear_list.ts", open: "open" },
  mostBlocks: 1e4,
};

/** What zeroing costs by itself. */
export const memset: Peer = { name: "memset in C", runs: "bare" };

/** What copying costs by itself. */
export const memcpy: Peer = { name: "memcpy in C", runs: "bare" };

/** A heap's allocations with the heap's default options. */
export const allocations: Peer = {
  name: "heap.allocate",
  runs: { module: "osmem.ts", open: "openAllocations" },
};

const mimalloc: Peer = {
  name: "mimalloc",
  runs: { module: "mimalloc.ts", open: "open" },
};
const osFunctions: Peer = {
  name: "os_malloc, os_free",
  runs: { module: "osmem.ts", open: "openOsFunctions" },
};
const allOnHeap: Peer = {
  name: "osmem, all on the heap",
  runs: { module: "osmem.ts", open: "openAllOnHeap" },
};
const debugHeap: Peer = {
  name: "osmem, debug",
  runs: { module: "osmem.ts", open: "openDebug" },
  mostBlocks: 1e4,
};
const allocationsWithAllStacks: Peer = {
  name: "heap.allocate, all stacks",
  runs: { module: "osmem.ts", open: "openWithAllStacks" },
};

/** A heap's allocations, of which a byte is written. */
export const allocationsWithBytes: Peer = {
  name: "heap.allocate, bytes",
  runs: { module: "osmem.ts", open: "openWithBytes" },
};

/** JavaScript's own memory, with a pointer for C. */
export const arraysForC: Peer = {
  name: "new Uint8Array, pointer",
  runs: { module: "uint8_array.ts", open: "openWithPointers" },
};
const glibcViews: Peer = {
  name: "glibc, getArrayBuffer",
  runs: { module: "glibc.ts", open: "openWithViews" },
};

/** Allocators, osmem first: its time is divided by that of each other. */
export type Peers = readonly [Peer, ...Peer[]];

const NATIVE = [glibc, glibcWrapped, inC, mimalloc] as const;

/** The peers of most cases. */
export const ALL_PEERS: Peers = [
  osmem,
  ...NATIVE,
  thiNgMalloc,
  uint8Array,
  linearList,
];

/** For calls of recorded programs: on a linear list a round of these takes a minute. */
export const REPLAYED: Peers = [osmem, ...NATIVE, uint8Array];

/** For the `os_*` functions, which take and return pointers. */
export const WITH_POINTERS: Peers = [osFunctions, glibc, inC];

/** For what it costs to look for mistakes. */
export const DEBUGGED: Peers = [debugHeap, osmem];

/** For what zeroing costs where nothing is mapped. */
export const ZEROING: Peers = [allOnHeap, ...NATIVE, memset];

/** For what copying costs. */
export const COPYING: Peers = [osmem, ...NATIVE, memcpy];

/** For what it costs that an object owns a block, and its alternatives. */
export const OWNING: Peers = [
  allocations,
  allocationsWithBytes,
  allocationsWithAllStacks,
  arraysForC,
  glibc,
  glibcViews,
];
