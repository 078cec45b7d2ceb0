/** An allocator to measure, or the like of one. */
export interface Peer {
  /** Its name in the tables. */
  readonly name: string;
  /**
   * Its module in this folder; or `inC` or `bare`, for that function of the
   * case's own module, which calls C without any allocator in between.
   */
  readonly module: string;
  /** It is left out where more blocks are live: it takes minutes there. */
  readonly mostBlocks?: number;
}

const PEERS = {
  osmem: { name: "osmem", module: "osmem.ts" },
  glibcPointers: {
    name: "glibc, as people call it",
    module: "glibc_pointers.ts",
  },
  glibcNumbers: { name: "glibc, fastest", module: "glibc_numbers.ts" },
  inC: { name: "glibc in plain C", module: "inC" },
  mimalloc: { name: "mimalloc", module: "mimalloc.ts" },
  thiNgMalloc: {
    name: "@thi.ng/malloc",
    module: "thi_ng_malloc.ts",
    mostBlocks: 1e3,
  },
  uint8Array: {
    name: "new Uint8Array",
    module: "uint8_array.ts",
    mostBlocks: 1e5,
  },
  linearList: {
    name: "linear list in C",
    module: "linear_list.ts",
    mostBlocks: 1e4,
  },
  osFunctions: { name: "os_malloc, os_free", module: "os_functions.ts" },
  allOnHeap: { name: "osmem, all on the heap", module: "osmem_all_on_heap.ts" },
  memset: { name: "memset in C", module: "bare" },
  memcpy: { name: "memcpy in C", module: "bare" },
} satisfies Readonly<Record<string, Peer>>;

/** Allocators, ours first: it is compared with the others. */
export type Peers = readonly [Peer, ...Peer[]];

const {
  osmem,
  glibcPointers,
  glibcNumbers,
  inC,
  mimalloc,
  thiNgMalloc,
  uint8Array,
  linearList,
} = PEERS;

/** Those that most cases are run on. */
export const ALL_PEERS: Peers = [
  osmem,
  glibcPointers,
  glibcNumbers,
  inC,
  mimalloc,
  thiNgMalloc,
  uint8Array,
  linearList,
];

/** For the `os_*` functions, which take and give pointers. */
export const WITH_POINTERS: Peers = [PEERS.osFunctions, glibcPointers, inC];

/** For what zeroing costs where nothing is mapped. */
export const ZEROING: Peers = [
  PEERS.allOnHeap,
  glibcPointers,
  glibcNumbers,
  inC,
  mimalloc,
  PEERS.memset,
];

/** For what copying costs. */
export const COPYING: Peers = [
  osmem,
  glibcPointers,
  glibcNumbers,
  inC,
  mimalloc,
  PEERS.memcpy,
];
