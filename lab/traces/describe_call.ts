import { CALL_NAMES, CallKind, NO_BLOCK, type Trace } from "./trace.ts";

/** The columns of a {@linkcode Trace} that say what was called. */
export type CalledColumns = Pick<
  Trace,
  "kinds" | "blocks" | "counts" | "sizes"
>;

/**
 * A call as C would write it, with block numbers in the place of pointers.
 *
 * @param trace The calls.
 * @param call The number of the call.
 * @param before How many blocks were there before the first call: they have the first
 * numbers.
 */
export function describeCall(
  trace: CalledColumns,
  call: number,
  before = 0,
): string {
  const kind = trace.kinds[call] as CallKind;
  const list = callArguments(trace, call, before).join(", ");
  return `${CALL_NAMES[kind]}(${list})`;
}

function callArguments(
  trace: CalledColumns,
  call: number,
  before: number,
): (string | number)[] {
  const size = trace.sizes[call] as number;
  switch (trace.kinds[call]) {
    case CallKind.calloc:
      return [trace.counts[call] as number, size];
    case CallKind.realloc: {
      const isNew = allocates(trace, call, before);
      return [isNew ? "NULL" : blockName(trace, call), size];
    }
    case CallKind.free:
      return [blockName(trace, call)];
    default:
      return [size];
  }
}

/** Whether no call before this one allocated its block, so that it was given NULL. */
function allocates(
  { blocks }: CalledColumns,
  call: number,
  before: number,
): boolean {
  const block = blocks[call] as number;
  return block >= before && !blocks.subarray(0, call).includes(block);
}

function blockName(trace: CalledColumns, call: number): string {
  const block = trace.blocks[call] as number;
  return block === NO_BLOCK ? "NULL" : `block ${block}`;
}
