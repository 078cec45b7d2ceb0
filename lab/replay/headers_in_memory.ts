import { type Address, Heap } from "@osmem/osmem";
import { pointerAt } from "@osmem/osmem/internal";
import { HEADER_BYTES } from "@osmem/osmem/internal/plain";
import { type HeapSnapshot, takeSnapshot } from "../runs/heap_snapshot.ts";
import type { Run } from "../runs/run.ts";
import type { RunData } from "../runs/run_data.ts";
import { NO_BLOCK } from "../traces/trace.ts";
import { TraceError } from "../traces/trace_error.ts";
import { Replayer } from "./replayer.ts";

/** A header as it lies in memory. */
export interface HeaderInMemory {
  /** Its address. */
  readonly address: Address;
  /** A copy of its 32 bytes. */
  readonly bytes: Uint8Array;
}

/**
 * The headers of a heap as they lie in memory: the calls of a run are made again on
 * a new heap, and its memory is read. So addresses are those of that heap.
 *
 * @param run The run.
 * @param calls How many of its calls to make.
 * @throws {TraceError} If the run did not begin with an empty heap, or cannot be made
 * again as it was.
 */
export function headersInMemory(run: Run, calls: number): HeaderInMemory[] {
  const { data } = run;
  if (data.initial.length > 0) {
    throw new TraceError(
      { file: run.title },
      "the heap was in use before it was recorded, so its memory cannot be rebuilt; " +
        "leave out --hex",
    );
  }
  using heap = new Heap(data.policy);
  const replayer = new Replayer(data, heap);
  try {
    for (let call = 0; call < calls; call++) {
      if (isReplayed(data, call)) replayer.perform(call);
    }
  } catch (error) {
    throw cannotRepeat(run, error);
  }
  requireSame(run, calls, takeSnapshot(heap));
  return Array.from(heap.blocks(), ({ address }) => ({
    address,
    bytes: readHeader(address),
  }));
}

/**
 * Makes sure that the heap is as it was recorded. It differs if the system refused
 * memory, or if the heap was used past the recording.
 */
function requireSame(run: Run, calls: number, made: HeapSnapshot): void {
  const recorded = run.at(calls).snapshot;
  const isSame = made.length === recorded.length &&
    made.sizes.every((size, at) =>
      size === recorded.sizes[at] &&
      made.statuses[at] === recorded.statuses[at]
    );
  if (!isSame) throw cannotRepeat(run);
}

function cannotRepeat(run: Run, cause?: unknown): TraceError {
  return new TraceError(
    { file: run.title },
    "replaying its calls gives another heap, so its memory cannot be shown; " +
      "leave out --hex",
    cause,
  );
}

/** Whether a call can be made again: one that was refused, or `realloc` of free memory, cannot. */
function isReplayed(
  { blocks, results, refusals }: RunData,
  call: number,
): boolean {
  return !refusals.has(call) &&
    (blocks[call] !== NO_BLOCK || results[call] !== 0);
}

function readHeader(address: Address): Uint8Array {
  const bytes = new Uint8Array(HEADER_BYTES);
  const pointer = pointerAt(address) as Deno.PointerObject;
  new Deno.UnsafePointerView(pointer).copyInto(bytes);
  return bytes;
}
