import { type PlaceNames, placeNamesOf } from "../runs/place_names.ts";
import type { Run } from "../runs/run.ts";
import type { RunData } from "../runs/run_data.ts";
import { describeCall } from "../traces/describe_call.ts";
import { CallKind } from "../traces/trace.ts";

/** A free block, as a step shows it. */
export interface FreeBlock {
  /** Where its header lies, as in `HeapStart + 0x88`. */
  readonly header: string;
  /** Bytes of payload. */
  readonly size: number;
}

/** A call of a small run, with all that it did. */
export interface Step {
  /** Its number, counted from 1. */
  readonly step: number;
  /** The call as C would write it. */
  readonly call: string;
  /** Where the payload lies that it returned; nothing for `free`. */
  readonly returns: string | null;
  /** Blocks that a plain search would have examined; 0 for none. */
  readonly examined: number;
  /** Bytes by which it raised the break. */
  readonly breakRaisedBy: number;
  /** The free blocks after it, in address order. */
  readonly freeBlocks: readonly FreeBlock[];
}

/** The calls of a run, one by one. */
export function stepsOf(run: Run): Step[] {
  return Array.from({ length: run.length }, (_, call) => stepOf(run, call));
}

/** A call that was refused gives NULL in C. */
function returnsOf(
  data: RunData,
  call: number,
  names: PlaceNames,
): string | null {
  if (data.refusals.has(call)) return "NULL, refused";
  if (data.kinds[call] === CallKind.free) return null;
  const result = data.results[call]!;
  return result === 0 ? "NULL" : names.nameOf(result);
}

function stepOf(run: Run, call: number): Step {
  const { data } = run;
  const names = placeNamesOf(data, call + 1);
  return {
    step: call + 1,
    call: describeCall(data, call),
    returns: returnsOf(data, call, names),
    examined: data.searches[call]!,
    breakRaisedBy: data.growths
      .filter((growth) => growth.call === call)
      .reduce((sum, { length }) => sum + length, 0),
    freeBlocks: run.at(call + 1).freeBlocks().map(({ address, size }) => ({
      header: names.nameOf(address),
      size,
    })),
  };
}

/** Stands where a result would. */
export const HIDDEN = "?";

/** A step whose results a reader predicts. */
export type Exercise =
  & Pick<Step, "step" | "call">
  & {
    /** `?`, or nothing for `free`, which returns nothing. */
    readonly returns: typeof HIDDEN | null;
    readonly examined: typeof HIDDEN;
    readonly breakRaisedBy: typeof HIDDEN;
    readonly freeBlocks: typeof HIDDEN;
  };

/** Hides the results of a step, and whether there is something to predict. */
export function exerciseOf({ step, call, returns }: Step): Exercise {
  return {
    step,
    call,
    returns: returns === null ? null : HIDDEN,
    examined: HIDDEN,
    breakRaisedBy: HIDDEN,
    freeBlocks: HIDDEN,
  };
}
