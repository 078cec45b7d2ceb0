import { CALL_NAMES, CallKind, NO_BLOCK, type Trace } from "./trace.ts";

/** The columns of a {@linkcode Trace} that say what was called. */
export type CalledColumns = Pick<
  Trace,
  "kinds" | "blocks" | "counts" | "sizes"
>;

/** A call as C would write it, with block numbers in the place of pointers. */
export function describeCall(trace: CalledColumns, call: number): string {
  const kind = trace.kinds[call] as CallKind;
  return `${CALL_NAMES[kind]}(${callArguments(trace, call).join(", ")})`;
}

function callArguments(
  trace: CalledColumns,
  call: number,
): (string | number)[] {
  const size = trace.sizes[call] as number;
  switch (trace.kinds[call]) {
    case CallKind.calloc:
      return [trace.counts[call] as number, size];
    case CallKind.realloc:
      return [blockName(trace, call), size];
    case CallKind.free:
      return [blockName(trace, call)];
    default:
      return [size];
  }
}

function blockName(trace: CalledColumns, call: number): string {
  const block = trace.blocks[call] as number;
  return block === NO_BLOCK ? "NULL" : `block ${block}`;
}
