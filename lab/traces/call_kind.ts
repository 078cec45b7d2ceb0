/**
 * The calls a trace can hold, each as a small number so that a column of them
 * fits a `Uint8Array`. `memalign` stands for every call that asks for an
 * alignment; a heap without such a call replays it as `malloc`.
 */
export const CallKind = {
  malloc: 0,
  calloc: 1,
  realloc: 2,
  memalign: 3,
  free: 4,
} as const satisfies Record<CallName, number>;

/** One of the numbers of {@linkcode CallKind}. */
export type CallKind = typeof CallKind[keyof typeof CallKind];

/** The name of a kind of call. */
export type CallName = "malloc" | "calloc" | "realloc" | "memalign" | "free";

/** The names, by the numbers of {@linkcode CallKind}. */
export const CALL_NAMES = Object.keys(CallKind) as readonly CallName[];
