import { type Address, Heap } from "../../mod.ts";
import { pointerAt } from "../../ffi/pointer.ts";
import { HEADER_BYTES } from "../runs/heap_snapshot.ts";
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
 * @throws {TraceError} If the run did not begin with an empty heap.
 */
export function headersInMemory(run: Run, calls: number): HeaderInMemory[] {
  const { data } = run;
  if (data.initial.length > 0) {
    throw new TraceError(
      { file: run.title },
      "the heap was in use before it was recorded, so its memory cannot be made " +
        "again; leave --hex out",
    );
  }
  using heap = new Heap(data.policy);
  const replayer = new Replayer(data, heap);
  for (let call = 0; call < calls; call++) {
    if (isReplayed(data, call)) replayer.perform(call);
  }
  return Array.from(heap.blocks(), ({ address }) => ({
    address,
    bytes: readHeader(address),
  }));
}

/** Whether a call changes anything: a refused one does not, nor `realloc` of free memory. */
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
