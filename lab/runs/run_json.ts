import { CALL_NAMES, type CallName } from "../traces/call_kind.ts";
import { NO_BLOCK } from "../traces/trace.ts";
import type { HeapSnapshot } from "./heap_snapshot.ts";
import type {
  Growth,
  Mark,
  RunData,
  RunPolicy,
  RunSystemCall,
} from "./run_data.ts";

/** What every run written as JSON says that it is. */
export const RUN_FORMAT: RunJson["format"] = "osmem run";

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
    readonly [Name in keyof RunPolicy]: RunPolicy[Name] | null;
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
  readonly initial: SnapshotJson & { readonly heldBytes: number };
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
  const fromStart = (address: number) => address - data.start;
  return {
    format: RUN_FORMAT,
    version: RUN_VERSION,
    title: data.title,
    policy: finite(data.policy),
    start: data.start,
    kindNames: CALL_NAMES,
    calls: {
      kinds: [...data.kinds],
      blocks: Array.from(
        data.blocks,
        (block) => block === NO_BLOCK ? -1 : block,
      ),
      counts: [...data.counts],
      sizes: [...data.sizes],
      results: Array.from(
        data.results,
        (result) => result === 0 ? null : fromStart(result),
      ),
      searches: [...data.searches],
    },
    blockCount: data.blockCount,
    labels: [...data.labels],
    refusals: [...data.refusals],
    marks: data.marks,
    initial: {
      ...snapshotToJson(data.initial, fromStart),
      heldBytes: data.initialHeldBytes,
    },
    changes: {
      ...snapshotToJson(data.changes, fromStart),
      ends: [...data.changes.ends],
    },
    systemCalls: data.systemCalls.map((call) => ({
      ...call,
      address: fromStart(call.address),
    })),
    growths: data.growths,
    samples: samplesToJson(data.samples),
  };
}

function snapshotToJson(
  { addresses, sizes, statuses }: Omit<HeapSnapshot, "length">,
  fromStart: (address: number) => number,
): SnapshotJson {
  return {
    addresses: Array.from(addresses, fromStart),
    sizes: [...sizes],
    statuses: [...statuses],
  };
}

function samplesToJson(samples: RunData["samples"]): RunJson["samples"] {
  return {
    calls: [...samples.calls],
    requestedBytes: [...samples.requestedBytes],
    liveBytes: [...samples.liveBytes],
    heldBytes: [...samples.heldBytes],
    headerBytes: [...samples.headerBytes],
    freeBytes: [...samples.freeBytes],
    largestFreeBytes: [...samples.largestFreeBytes],
  };
}

/** JSON has no infinite numbers: `null` stands for them. */
function finite(policy: RunPolicy): RunJson["policy"] {
  const entries = Object.entries(policy).map(([name, value]) =>
    [name, value === Infinity ? null : value] as const
  );
  return Object.fromEntries(entries) as RunJson["policy"];
}
