import { countCalls } from "../call_counts.ts";
import { CallKind, NO_BLOCK, type Trace } from "../trace.ts";
import type { TraceWriter } from "./trace_writer.ts";

const OPERATIONS_IN_A_LINE = 10;

/**
 * Writes the operations of the book "Operating Systems: Three Easy Pieces".
 * They know neither realloc nor NULL:
 *
 * ```text
 *   malloc(SIZE)          +SIZE
 *   calloc(COUNT, SIZE)   +COUNT*SIZE
 *   memalign(…, SIZE)     +SIZE
 *   realloc(NULL, SIZE)   +SIZE
 *   realloc(OLD, SIZE)    +SIZE,-INDEX     for a moment both are allocated
 *   free(OLD)             -INDEX
 *   free(NULL)            nothing
 * ```
 */
export const ostepWriter: TraceWriter = {
  name: "ostep",
  *chunks(trace) {
    let written = 0;
    for (const operation of operations(trace)) {
      if (written > 0) {
        yield written % OPERATIONS_IN_A_LINE === 0 ? ",\n" : ",";
      }
      yield operation;
      written++;
    }
    yield "\n";
  },
  conversions(trace) {
    const { byKind, nullReallocs, nullFrees } = countCalls(trace);
    return [
      [byKind.calloc, "wrote callocs as allocations of all their bytes"],
      [byKind.memalign, "wrote aligned allocations as plain ones"],
      [nullReallocs, "wrote reallocs of NULL as allocations"],
      [
        byKind.realloc - nullReallocs,
        "wrote reallocs as an allocation and a free, both allocated for a moment",
      ],
      [nullFrees, "left out frees of NULL"],
    ];
  },
};

function* operations(trace: Trace): Iterable<string> {
  /** Which `+` made each block that was allocated so far. */
  const indexOf: number[] = [];
  let allocations = 0;
  for (let call = 0; call < trace.length; call++) {
    const block = trace.blocks[call] as number;
    if (block === NO_BLOCK) continue;
    const old = indexOf[block];
    if (trace.kinds[call] !== CallKind.free) {
      yield `+${
        (trace.counts[call] as number) * (trace.sizes[call] as number)
      }`;
      indexOf[block] = allocations++;
    }
    if (old !== undefined) yield `-${old}`;
  }
}
