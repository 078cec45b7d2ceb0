import type { Address } from "@osmem/osmem";
import { formatAddress } from "@osmem/osmem/internal/plain";
import { describeCall } from "../traces/describe_call.ts";
import {
  CALL_NAMES,
  type CallKind,
  type CallName,
  NO_BLOCK,
} from "../traces/trace.ts";
import { printable } from "../printable.ts";
import { countLive } from "./heap_snapshot.ts";
import type { RunData } from "./run_data.ts";

/** A call of a run. */
export interface RunCall {
  /** Its number, counted from 0. */
  readonly call: number;
  /** What it is. */
  readonly name: CallName;
  /** The number of the block that it allocates, moves or frees; none for NULL. */
  readonly block: number | undefined;
  /** Bytes asked for; 0 for `free`. */
  readonly requestedBytes: number;
  /** The payload's address that it returned; 0 is NULL. */
  readonly result: Address;
  /** The label that it gave. */
  readonly label: string | undefined;
  /** What the heap said if it refused the call. */
  readonly refusal: string | undefined;
}

/** The call with this number. */
export function callOf(data: RunData, call: number): RunCall {
  const block = data.blocks[call]!;
  return {
    call,
    name: CALL_NAMES[data.kinds[call] as CallKind]!,
    block: block === NO_BLOCK ? undefined : block,
    requestedBytes: requestedBy(data, call),
    result: data.results[call]!,
    label: data.labels.get(call),
    refusal: data.refusals.get(call),
  };
}

/** Bytes that a call asks for. */
export function requestedBy(data: RunData, call: number): number {
  return data.counts[call]! * data.sizes[call]!;
}

/** A call with what it returned, as in `realloc(block 3, 40) = 0x7f32a0000020`. */
export function describeRunCall(data: RunData, call: number): string {
  const name = CALL_NAMES[data.kinds[call]!];
  const refusal = data.refusals.get(call);
  if (refusal !== undefined) {
    return `${name} was refused: ${printable(refusal)}`;
  }
  const text = describeCall(data, call, countLive(data.initial));
  if (name === "free") return text;
  const result = data.results[call]!;
  return `${text} = ${result === 0 ? "NULL" : formatAddress(result)}`;
}
