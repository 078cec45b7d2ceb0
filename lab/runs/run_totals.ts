import { STATUS } from "@osmem/osmem/internal/plain";
import { NO_BLOCK } from "../traces/trace.ts";
import { requestedBy } from "./run_call.ts";
import type { RunData } from "./run_data.ts";

/**
 * Live bytes and footprint after each call of a run, added up once. Entry
 * 0 of each column is before the first call; sizes are in bytes.
 */
export class RunTotals {
  /** Requested bytes that are live (P). */
  readonly requestedBytes: Float64Array;
  /** The footprint: bytes obtained from the system (H). */
  readonly footprintBytes: Float64Array;

  /**
   * Goes through the calls once.
   *
   * @param data The run.
   */
  constructor(data: RunData) {
    this.requestedBytes = addRequested(data);
    this.footprintBytes = addFootprint(data);
  }
}

function addRequested(data: RunData): Float64Array {
  const { initial } = data;
  const requested = new Float64Array(data.blockCount);
  requested.set(
    initial.sizes.filter((_, at) => initial.statuses[at] !== STATUS.free),
  );
  const totals = new Float64Array(data.length + 1);
  let total = requested.reduce((sum, bytes) => sum + bytes, 0);
  totals[0] = total;
  for (let call = 0; call < data.length; call++) {
    const block = data.blocks[call]!;
    if (block !== NO_BLOCK && !data.refusals.has(call)) {
      const bytes = data.results[call] === 0 ? 0 : requestedBy(data, call);
      total += bytes - requested[block]!;
      requested[block] = bytes;
    }
    totals[call + 1] = total;
  }
  return totals;
}

function addFootprint(data: RunData): Float64Array {
  const totals = new Float64Array(data.length + 1);
  let total = data.initialFootprintBytes;
  let next = 0;
  totals[0] = total;
  for (let call = 0; call < data.length; call++) {
    for (; data.systemCalls[next]?.call === call; next++) {
      const { name, length } = data.systemCalls[next]!;
      total += name === "munmap" ? -length : length;
    }
    totals[call + 1] = total;
  }
  return totals;
}
