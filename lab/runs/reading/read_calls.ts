import { CALL_NAMES } from "../../traces/trace.ts";
import type { JsonReader } from "../json_reader.ts";
import type { RunData } from "../run_data.ts";
import type { AddressOrigin } from "./addresses.ts";

const LONGEST_SEARCH = 0xffff_ffff;

/** The columns of a run that have an entry for each call. */
export type RunCalls = Pick<
  RunData,
  "length" | "kinds" | "blocks" | "counts" | "sizes" | "results" | "searches"
>;

/** What the calls are read with. */
export interface CallsContext {
  /** What addresses count from. */
  readonly origin: AddressOrigin;
  /** How many blocks were allocated. */
  readonly blockCount: number;
}

/** Reads the calls of a run. */
export function readCalls(
  calls: JsonReader,
  { origin, blockCount }: CallsContext,
): RunCalls {
  const kinds = calls.get("kinds").numbers({ most: CALL_NAMES.length - 1 });
  const { length } = kinds;
  const blocks = calls.get("blocks")
    .numbers({ least: -1, most: blockCount - 1, length });
  const searches = calls.get("searches")
    .numbers({ most: LONGEST_SEARCH, length });
  return {
    length,
    kinds: new Uint8Array(kinds),
    blocks: new Uint32Array(blocks), // -1 becomes NO_BLOCK
    counts: new Float64Array(calls.get("counts").numbers({ length })),
    sizes: new Float64Array(calls.get("sizes").numbers({ length })),
    results: origin.readColumn(calls.get("results"), length),
    searches: new Uint32Array(searches),
  };
}

/** Requires that every call which the heap did not refuse asks for bytes it can count. */
export function requireCountable(
  calls: JsonReader,
  { counts, sizes, length }: RunCalls,
  refusals: ReadonlyMap<number, string>,
): void {
  for (let call = 0; call < length; call++) {
    if (Number.isSafeInteger(counts[call]! * sizes[call]!)) continue;
    if (refusals.has(call)) continue;
    calls.get("sizes").entry(call)
      .fail(`less than 2^53 bytes for all of its ${counts[call]} elements`);
  }
}
