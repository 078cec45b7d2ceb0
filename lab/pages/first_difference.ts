import { countLive } from "../runs/heap_snapshot.ts";
import { formatCount } from "../words.ts";
import { describeRunCall } from "../runs/run_call.ts";
import type { RunData } from "../runs/run_data.ts";
import { describeCall } from "../traces/describe_call.ts";
import { placeOf } from "./timeline/lives.ts";

/** The first call where two runs differ. */
export interface FirstDifference {
  /** Its number, counted from 0. */
  readonly call: number;
  /** What differs, as a sentence. */
  readonly text: string;
}

/**
 * Finds the first call where two runs differ: another call, the same call with
 * another result, or the end of one. What is on the heap is compared by its
 * offset from the heap's start; a mapping is as good as any other.
 *
 * @returns The call, or `undefined` if the runs are the same.
 */
export function firstDifference(
  a: RunData,
  b: RunData,
): FirstDifference | undefined {
  const both = Math.min(a.length, b.length);
  for (let call = 0; call < both; call++) {
    const text = differenceAt(a, b, call);
    if (text !== undefined) return { call, text };
  }
  if (a.length === b.length) return undefined;
  const [short, long] = a.length < b.length ? ["A", b] : ["B", a];
  return {
    call: both,
    text: `${short} ends here; the other continues with ${
      describeRunCall(long, both)
    }.`,
  };
}

function differenceAt(
  a: RunData,
  b: RunData,
  call: number,
): string | undefined {
  if (!isSameCall(a, b, call)) {
    return `A calls ${describeRunCall(a, call)}, B ${
      describeRunCall(b, call)
    }.`;
  }
  const inA = resultWords(a, call);
  const inB = resultWords(b, call);
  if (inA === inB) return undefined;
  return `${
    describeCall(a, call, countLive(a.initial))
  } ${inA} in A; in B it ${inB}.`;
}

function isSameCall(a: RunData, b: RunData, call: number): boolean {
  return a.kinds[call] === b.kinds[call] && a.blocks[call] === b.blocks[call] &&
    Object.is(a.counts[call], b.counts[call]) &&
    Object.is(a.sizes[call], b.sizes[call]);
}

function resultWords(data: RunData, call: number): string {
  if (data.refusals.has(call)) return "is refused";
  const result = data.results[call]!;
  if (result === 0) return "returns NULL";
  if (placeOf(data, call).isMapped) return "returns a mapping";
  return `returns offset ${formatCount(result - data.start)} of the heap`;
}
