import { type ReadOptions, readTrace } from "../../lab/traces/read_trace.ts";
import { CALL_NAMES, NO_BLOCK, type Trace } from "../../lab/traces/trace.ts";

/** Reads a trace from a text, as if it stood in a file. */
export function traceOf(
  text: string,
  { file = "test.trace", ...options }: ReadOptions & { file?: string } = {},
): Promise<Trace> {
  const stream = streamOf([new TextEncoder().encode(text)]);
  return readTrace(stream, file, options);
}

/** Reads a malloc-lab trace from its operations; the header is put before. */
export function traceOfOperations(operations: readonly string[]) {
  const ids = new Set(operations.map((operation) => operation.split(" ")[1]));
  ids.delete("-1");
  const header = [1, ids.size, operations.length, 1];
  return traceOf([...header, ...operations].join("\n"));
}

/** A stream of these pieces. */
export function streamOf(
  pieces: readonly Uint8Array<ArrayBuffer>[],
): ReadableStream<Uint8Array<ArrayBuffer>> {
  return ReadableStream.from(pieces);
}

/** The calls of a trace, one text each, as in `malloc #0 1x100`. */
export function callsOf(trace: Trace): string[] {
  return Array.from({ length: trace.length }, (_, call) => {
    const block = trace.blocks[call] as number;
    return [
      CALL_NAMES[trace.kinds[call] as number],
      block === NO_BLOCK ? "NULL" : `#${block}`,
      `${trace.counts[call]}x${trace.sizes[call]}`,
    ].join(" ");
  });
}
