import { CallKind, NO_BLOCK, type Trace } from "../traces/trace.ts";
import { TraceBuilder } from "../traces/trace_builder.ts";
import { countLive } from "./heap_snapshot.ts";
import type { RunData } from "./run_data.ts";
import { RUN_FORMAT } from "../traces/formats/osmem_json.ts";

/**
 * The calls of a run as a trace, to be replayed under another policy or written in
 * another format. Calls that the heap refused are left out, and so is what was
 * done to blocks that were there before the first call.
 *
 * @param data The run.
 * @param file The name of the file that it is from, for messages.
 */
export function traceOfRun(data: RunData, file: string): Trace {
  const builder = new TraceBuilder(file);
  const before = countLive(data.initial);
  for (let call = 0; call < data.length; call++) {
    if (data.refusals.has(call)) builder.fail();
    else if (data.blocks[call] === NO_BLOCK) addBlockless(builder, data, call);
    else addCall(builder, data, call, before);
  }
  return builder.build(RUN_FORMAT);
}

/**
 * @param before How many blocks were there before the first call: they have the
 * first numbers.
 */
function addCall(
  builder: TraceBuilder,
  data: RunData,
  call: number,
  before: number,
): void {
  const line = call + 1;
  const kind = data.kinds[call] as CallKind;
  const [block, count, size] = [
    data.blocks[call]!,
    data.counts[call]!,
    data.sizes[call]!,
  ];
  if (kind === CallKind.free) builder.free(block, line);
  else if (kind === CallKind.realloc) {
    const isKnown = builder.isLive(block) || block < before;
    const result = size === 0 ? null : block;
    builder.reallocate(isKnown ? block : null, size, result, line);
  } else builder.allocate({ kind, count, size }, block, line);
}

/** NULL is freed, or returned: for no bytes, or by `realloc` of free memory. */
function addBlockless(
  builder: TraceBuilder,
  data: RunData,
  call: number,
): void {
  const line = call + 1;
  const kind = data.kinds[call] as CallKind;
  const [count, size] = [data.counts[call]!, data.sizes[call]!];
  if (kind === CallKind.free) builder.free(null, line);
  else if (count * size > 0) builder.fail();
  else builder.allocate({ kind, count, size }, data.blockCount + call, line);
}
