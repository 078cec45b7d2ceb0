import { placeNamesOf } from "../runs/place_names.ts";
import type { Run } from "../runs/run.ts";

/** A block that a program did not free. */
export interface Leak {
  /** Where its payload lies, as in `HeapStart + 0x20`. */
  readonly address: string;
  /** Bytes, as asked for. */
  readonly size: number;
  /** The call that first allocated it, counted from 1: realloc may have moved it since. */
  readonly call: number;
}

/** The blocks that are live at the end of a run, in the order of their allocation. */
export function leaksOf(run: Run): Leak[] {
  const names = placeNamesOf(run.data, run.length);
  return run.at(run.length).blocks()
    .filter(({ status }) => status !== "free")
    .map(({ payload, requestedBytes, since }) => ({
      address: names.nameOf(payload),
      size: requestedBytes,
      call: since,
    }))
    .sort((left, right) => left.call - right.call);
}
