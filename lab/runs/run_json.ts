import { RUN_FORMAT } from "../traces/formats/osmem_json.ts";
import type { HeapPolicy } from "@osmem/osmem";
import { CALL_NAMES, type CallName, NO_BLOCK } from "../traces/trace.ts";
import type { HeapSnapshot } from "./heap_snapshot.ts";
import type { Growth, Mark, RunData, RunSystemCall } from "./run_data.ts";

/** The version of the format. */
export const RUN_VERSION: RunJson["version"] = 1;

/** A snapshot's columns as JSON. Addresses count from the heap's start. */
export interface SnapshotJson {
  /** Headers, in bytes from the heap's start. */
  readonly addresses: readonly number[];
  /** Bytes of payload. */
  readonly sizes: readonly number[];
  /** 0 free, 1 allocated, 2 mapped, 3 a mapping that was given back. */
  readonly statuses: readonly number[];
}

/**
 * A {@linkcode Run} as JSON: its columns, one entry a call in each. Addresses are
 * bytes from the heap's start, `null` for NULL, so that runs on different
 * addresses can be compared.
 */
export interface RunJson {
  /** What it is. */
  readonly format: "osmem run";
  /** The version of the format: readers refuse others. */
  readonly version: 1;
  /** What was run. */
  readonly title: string;
  /** The heap's policy; a threshold is `null` where it is infinite. */
  readonly policy: {
    readonly [Name in keyof HeapPolicy]: HeapPolicy[Name] | null;
  };
  /** The address of the heap's first header. */
  readonly start: number;
  /** The names that `calls.kinds` gives by their places. */
  readonly kindNames: readonly CallName[];
  /** The calls: for `blocks`, -1 is none. */
  readonly calls: {
    readonly kinds: readonly number[];
    readonly blocks: readonly number[];
    readonly counts: readonly number[];
    readonly sizes: readonly number[];
    readonly results: readonly (number | null)[];
    readonly searches: readonly number[];
  };
  /** How many blocks were allocated. */
  readonly blockCount: number;
  /** Labels: the call that gave each, and its text. */
  readonly labels: readonly (readonly [call: number, text: string])[];
  /** Calls that the heap refused, and what it said. */
  readonly refusals: readonly (readonly [call: number, text: string])[];
  /** Remarks. */
  readonly marks: readonly Mark[];
  /** The blocks before the first call. */
  readonly initial: SnapshotJson & { readonly footprintBytes: number };
  /** What each call changed. */
  readonly changes: SnapshotJson & { readonly ends: readonly number[] };
  /** System calls; addresses from the heap's start. */
  readonly systemCalls: readonly RunSystemCall[];
  /** Raises of the break. */
  readonly growths: readonly Growth[];
  /** Figures, taken every few calls. */
  readonly samples: Readonly<
    Record<keyof RunData["samples"], readonly number[]>
  >;
}

/** A run as JSON. */
export function runToJson(data: RunData): RunJson {
  return describeRun(
    data,
    (values, convert = (value) => value) =>
      // only the results hold null, which RunJson says
      Array.from(values, convert) as number[],
  );
}

/** The columns of a run. */
export type ColumnValues = Float64Array | Uint32Array | Uint8Array;

/** Makes an array for JSON of a column, perhaps of each value another. */
export type ToJsonColumn<Column> = (
  values: ColumnValues,
  convert?: (value: number) => number | null,
) => Column;

/**
 * The parts of a run's JSON in their order, each column as `column` makes it: all
 * at once for {@linkcode runToJson}, bit by bit where it is written.
 */
export function describeRun<Column>(
  data: RunData,
  column: ToJsonColumn<Column>,
) {
  const fromStart = (address: number) => address - data.start;
  const snapshot = (blocks: Omit<HeapSnapshot, "length">) => ({
    addresses: column(blocks.addresses, fromStart),
    sizes: column(blocks.sizes),
    statuses: column(blocks.statuses),
  });
  return {
    format: RUN_FORMAT,
    version: RUN_VERSION,
    title: data.title,
    policy: finite(data.policy),
    start: data.start,
    kindNames: CALL_NAMES,
    calls: {
      kinds: column(data.kinds),
      blocks: column(data.blocks, (block) => block === NO_BLOCK ? -1 : block),
      counts: column(data.counts),
      sizes: column(data.sizes),
      results: column(
        data.results,
        (result) => result === 0 ? null : fromStart(result),
      ),
      searches: column(data.searches),
    },
    blockCount: data.blockCount,
    labels: [...data.labels],
    refusals: [...data.refusals],
    marks: data.marks,
    initial: {
      ...snapshot(data.initial),
      footprintBytes: data.initialFootprintBytes,
    },
    changes: { ...snapshot(data.changes), ends: column(data.changes.ends) },
    systemCalls: data.systemCalls.map((call) => ({
      ...call,
      address: fromStart(call.address),
    })),
    growths: data.growths,
    samples: {
      calls: column(data.samples.calls),
      requestedBytes: column(data.samples.requestedBytes),
      liveBytes: column(data.samples.liveBytes),
      footprintBytes: column(data.samples.footprintBytes),
      headerBytes: column(data.samples.headerBytes),
      freeBytes: column(data.samples.freeBytes),
      largestFreeBytes: column(data.samples.largestFreeBytes),
    },
  };
}

/** JSON has no infinite numbers: `null` stands for them. */
function finite(policy: HeapPolicy): RunJson["policy"] {
  const entries = Object.entries(policy).map(([name, value]) =>
    [name, value === Infinity ? null : value] as const
  );
  return Object.fromEntries(entries) as RunJson["policy"];
}
