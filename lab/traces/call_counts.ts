import {
  CALL_NAMES,
  CallKind,
  type CallName,
  NO_BLOCK,
  type Trace,
} from "./trace.ts";

/** How often each kind of call is made in a trace. */
export interface CallCounts {
  /** Calls by kind. */
  readonly byKind: Readonly<Record<CallName, number>>;
  /** Reallocs of NULL, which allocate. */
  readonly nullReallocs: number;
  /** Frees of NULL, which do nothing. */
  readonly nullFrees: number;
}

/** Counts the calls of a trace. */
export function countCalls(trace: Trace): CallCounts {
  const byKind = { malloc: 0, calloc: 0, realloc: 0, memalign: 0, free: 0 };
  let nullReallocs = 0;
  let nullFrees = 0;
  let blocksSoFar = 0;
  for (let call = 0; call < trace.length; call++) {
    const kind = trace.kinds[call] as CallKind;
    const block = trace.blocks[call] as number;
    byKind[CALL_NAMES[kind] as CallName]++;
    if (block === NO_BLOCK) nullFrees++;
    else if (block === blocksSoFar) {
      blocksSoFar++;
      if (kind === CallKind.realloc) nullReallocs++;
    }
  }
  return { byKind, nullReallocs, nullFrees };
}
