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

/** A heap in an arena of its own, with addresses as numbers. */
export const osmem: Peer = { name: "osmem", module: "osmem.ts" };

/** glibc's malloc through FFI, the way that comes to mind first. */
export const glibcPointers: Peer = {
  name: "glibc, as people call it",
  module: "glibc_pointers.ts",
};

/** glibc's malloc through FFI, the fastest way that there is. */
export const glibcNumbers: Peer = {
  name: "glibc, fastest",
  module: "glibc_numbers.ts",
};

/** The best known allocator in TypeScript. */
export const thiNgMalloc: Peer = {
  name: "@thi.ng/malloc",
  module: "thi_ng_malloc.ts",
  mostBlocks: 1e3,
};

/** What the course's own solution costs. */
export const linearList: Peer = {
  name: "linear list in C",
  module: "linear_list.ts",
  mostBlocks: 1e4,
};

/** What zeroing costs by itself. */
export const memset: Peer = { name: "memset in C", module: "bare" };

/** What copying costs by itself. */
export const memcpy: Peer = { name: "memcpy in C", module: "bare" };

/** glibc's malloc as C calls it. */
export const inC: Peer = { name: "glibc in plain C", module: "inC" };
const mimalloc: Peer = { name: "mimalloc", module: "mimalloc.ts" };
const uint8Array: Peer = {
  name: "new Uint8Array",
  module: "uint8_array.ts",
  mostBlocks: 1e5,
};
const osFunctions: Peer = {
  name: "os_malloc, os_free",
  module: "os_functions.ts",
};
const allOnHeap: Peer = {
  name: "osmem, all on the heap",
  module: "osmem_all_on_heap.ts",
};
const debugHeap: Peer = {
  name: "osmem, debug",
  module: "osmem_debug.ts",
  mostBlocks: 1e4,
};

/** A heap's allocations, as they are by default. */
export const allocations: Peer = {
  name: "heap.allocate",
  module: "osmem_allocations.ts",
};

const allocationsWithoutStacks: Peer = {
  name: "… stacks: false",
  module: "osmem_allocations_without_stacks.ts",
};
const allocationsWithBytes: Peer = {
  name: "… stacks: false, and bytes",
  module: "osmem_allocations_with_bytes.ts",
};
const arraysForC: Peer = {
  name: "new Uint8Array, pointer",
  module: "uint8_array_pointers.ts",
};
const glibcViews: Peer = {
  name: "glibc, getArrayBuffer",
  module: "glibc_views.ts",
};

/** Allocators, ours first: it is compared with the others. */
export type Peers = readonly [Peer, ...Peer[]];

const NATIVE = [glibcPointers, glibcNumbers, inC, mimalloc] as const;

/** Those that most cases are run on. */
export const ALL_PEERS: Peers = [
  osmem,
  ...NATIVE,
  thiNgMalloc,
  uint8Array,
  linearList,
];

/** For the `os_*` functions, which take and give pointers. */
export const WITH_POINTERS: Peers = [osFunctions, glibcPointers, inC];

/** For what it costs to look for mistakes. */
export const DEBUGGED: Peers = [debugHeap, osmem];

/** For what zeroing costs where nothing is mapped. */
export const ZEROING: Peers = [allOnHeap, ...NATIVE, memset];

/** For what copying costs. */
export const COPYING: Peers = [osmem, ...NATIVE, memcpy];

/** For what it costs to hold memory, beside what people do otherwise. */
export const HOLDING: Peers = [
  allocations,
  allocationsWithoutStacks,
  allocationsWithBytes,
  arraysForC,
  glibcPointers,
  glibcViews,
];
