import { JSON_FORMAT, JSON_VERSION } from "../formats/osmem_json.ts";
import { CALL_NAMES, CallKind, NO_BLOCK, type Trace } from "../trace.ts";
import type { TraceWriter } from "./trace_writer.ts";

/** Writes osmem's own JSON, one call a line. It says all that a trace holds. */
export const jsonWriter: TraceWriter = {
  name: "json",
  *chunks(trace) {
    yield `{\n  "format": ${JSON.stringify(JSON_FORMAT)},\n` +
      `  "version": ${JSON_VERSION},\n  "calls": [\n`;
    for (let call = 0; call < trace.length; call++) {
      const end = call === trace.length - 1 ? "\n" : ",\n";
      yield `    ${entry(trace, call)}${end}`;
    }
    yield "  ]\n}\n";
  },
  conversions: () => [],
};

function entry(trace: Trace, call: number): string {
  const kind = trace.kinds[call] as CallKind;
  const block = trace.blocks[call] as number;
  const fields = [`"${CALL_NAMES[kind]}"`, block === NO_BLOCK ? "null" : block];
  if (kind === CallKind.calloc) fields.push(trace.counts[call] as number);
  if (kind !== CallKind.free) fields.push(trace.sizes[call] as number);
  return `[${fields.join(", ")}]`;
}
