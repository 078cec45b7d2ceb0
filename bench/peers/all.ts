/** An allocator to measure. */
export interface Peer {
  /** Its name in the tables. */
  readonly name: string;
  /** Its module in this folder. */
  readonly module: string;
}

/** The allocators, ours first: the others are compared with it. */
export const PEERS: readonly [Peer, ...Peer[]] = [
  { name: "osmem", module: "osmem.ts" },
  { name: "glibc through FFI", module: "glibc.ts" },
];
