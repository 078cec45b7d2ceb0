import { countCalls } from "../call_counts.ts";
import { CallKind, NO_BLOCK, type Trace } from "../trace.ts";
import type { TraceWriter } from "./trace_writer.ts";

/**
 * Writes malloc-lab files with the header of 2016. Ids are block numbers.
 *
 * ```text
 *   malloc(SIZE)          a ID SIZE
 *   calloc(COUNT, SIZE)   a ID COUNT*SIZE
 *   memalign(…, SIZE)     a ID SIZE
 *   realloc(ID, SIZE)     r ID SIZE      also of NULL
 *   free(ID)              f ID
 *   free(NULL)            f -1
 * ```
 */
export const repWriter: TraceWriter = {
  name: "rep",
  *chunks(trace) {
    yield `1\n${trace.blockCount}\n${trace.length}\n1\n`;
    for (let call = 0; call < trace.length; call++) {
      yield `${operation(trace, call)}\n`;
    }
  },
  conversions(trace) {
    const { byKind } = countCalls(trace);
    return [
      [byKind.calloc, "wrote callocs as allocations of all their bytes"],
      [byKind.memalign, "wrote aligned allocations as plain ones"],
    ];
  },
};

function operation(trace: Trace, call: number): string {
  const block = trace.blocks[call] as number;
  const kind = trace.kinds[call] as CallKind;
  if (kind === CallKind.free) return `f ${block === NO_BLOCK ? -1 : block}`;
  const letter = kind === CallKind.realloc ? "r" : "a";
  const bytes = (trace.counts[call] as number) * (trace.sizes[call] as number);
  return `${letter} ${block} ${bytes}`;
}
