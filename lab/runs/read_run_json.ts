import { CALL_NAMES } from "../traces/call_kind.ts";
import { NO_BLOCK } from "../traces/trace.ts";
import { TraceError } from "../traces/trace_error.ts";
import type { HeapSnapshot } from "./heap_snapshot.ts";
import { JsonReader } from "./json_reader.ts";
import { Run } from "./run.ts";
import {
  type Changes,
  type Growth,
  type Mark,
  type RunData,
  type RunPolicy,
  type RunSystemCall,
  type Samples,
  UNMAPPED,
} from "./run_data.ts";
import { RUN_FORMAT, RUN_VERSION } from "./run_json.ts";

const LOWEST = Number.MIN_SAFE_INTEGER; // mappings may lie below the heap
const MOST_BLOCKS = NO_BLOCK - 1;

/**
 * Reads a run that was written as JSON.
 *
 * @param text The JSON, as `JSON.stringify(run)` gives it.
 * @param file The file's name, for messages.
 * @throws {TraceError} If it is no such JSON; it names the file and the value.
 *
 * @example Write a run and read it again
 * ```ts
 * import { experiment, parseRun } from "@osmem/osmem/lab";
 * import { assertEquals } from "@std/assert";
 *
 * const run = experiment({}, (heap) => void heap.malloc(100, "buffer"));
 * const again = parseRun(JSON.stringify(run), "run.json");
 * assertEquals(again.at(1).blocks(), run.at(1).blocks());
 * ```
 */
export function parseRun(text: string, file: string): Run {
  return new Run(readRunJson(parseJson(text, file), file));
}

function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    throw new TraceError(
      { file },
      `it is no whole JSON document (${problem}); write it again with osmem run -o`,
      error,
    );
  }
}

function readRunJson(value: unknown, file: string): RunData {
  const run = new JsonReader(value, file);
  run.get("format").oneOf([RUN_FORMAT]);
  run.get("version").oneOf([RUN_VERSION]);
  run.get("kindNames").entries().forEach((name, at) =>
    name.oneOf([CALL_NAMES[at]])
  );
  const start = run.get("start").whole();
  const blockCount = run.get("blockCount").whole(0, MOST_BLOCKS);
  const calls = run.get("calls");
  const kinds = calls.get("kinds").numbers({ most: CALL_NAMES.length - 1 });
  const { length } = kinds;
  const blocks = calls.get("blocks")
    .numbers({ least: -1, most: blockCount - 1, length });
  return {
    title: run.get("title").text(),
    policy: readPolicy(run.get("policy")),
    start,
    length,
    kinds: Uint8Array.from(kinds),
    blocks: Uint32Array.from(blocks, (block) => block < 0 ? NO_BLOCK : block),
    counts: Float64Array.from(calls.get("counts").numbers({ length })),
    sizes: Float64Array.from(calls.get("sizes").numbers({ length })),
    results: readResults(calls.get("results"), start, length),
    searches: Uint32Array.from(calls.get("searches").numbers({ length })),
    blockCount,
    labels: readTexts(run.get("labels"), length),
    refusals: readTexts(run.get("refusals"), length),
    marks: run.get("marks").entries().map((mark) => readMark(mark, length)),
    initial: readSnapshot(run.get("initial"), start, UNMAPPED - 1),
    initialHeldBytes: run.get("initial").get("heldBytes").whole(),
    changes: readChanges(run.get("changes"), start, length),
    systemCalls: run.get("systemCalls").entries()
      .map((call) => readSystemCall(call, start, length)),
    growths: run.get("growths").entries().map((growth) =>
      readGrowth(growth, length)
    ),
    samples: readSamples(run.get("samples"), length),
  };
}

function readPolicy(policy: JsonReader): RunPolicy {
  return {
    fit: policy.get("fit").oneOf(["best", "first", "next", "worst"] as const),
    split: policy.get("split").oneOf([true, false]),
    coalesce: policy.get("coalesce")
      .oneOf(["deferred", "immediate", "never"] as const),
    mmapThreshold: policy.get("mmapThreshold").wholeOrInfinite(),
    callocThreshold: policy.get("callocThreshold").wholeOrInfinite(),
    preallocate: policy.get("preallocate").whole(),
    growth: policy.get("growth").whole(),
  };
}

/** Addresses as they were; `null` is NULL. */
function readResults(
  results: JsonReader,
  start: number,
  length: number,
): Float64Array {
  const entries = results.entries();
  if (entries.length !== length) {
    results.fail(`${length} entries`, `${entries.length}`);
  }
  return Float64Array.from(entries, (result) => {
    const offset = result.wholeOrNull(LOWEST);
    return offset === null ? 0 : start + offset;
  });
}

function readTexts(texts: JsonReader, length: number): Map<number, string> {
  return new Map(
    texts.entries().map((entry) => {
      const [call, text] = entry.entries();
      if (!call || !text) return entry.fail("a call's number and a text");
      return [call.whole(0, length - 1), text.text()];
    }),
  );
}

function readMark(mark: JsonReader, length: number): Mark {
  return {
    after: mark.get("after").whole(0, length),
    text: mark.get("text").text(),
  };
}

function readSnapshot(
  columns: JsonReader,
  start: number,
  mostStatus: number,
): HeapSnapshot {
  const statuses = columns.get("statuses").numbers({ most: mostStatus });
  const { length } = statuses;
  const addresses = columns.get("addresses").numbers({ least: LOWEST, length });
  return {
    length,
    addresses: Float64Array.from(addresses, (offset) => start + offset),
    sizes: Float64Array.from(columns.get("sizes").numbers({ length })),
    statuses: Uint8Array.from(statuses),
  };
}

function readChanges(
  changes: JsonReader,
  start: number,
  length: number,
): Changes {
  const { addresses, sizes, statuses } = readSnapshot(changes, start, UNMAPPED);
  const column = changes.get("ends");
  const ends = column.numbers({ most: addresses.length, length });
  const isRising = ends.every((end, call) => end >= (ends[call - 1] ?? 0));
  if (!isRising || (ends.at(-1) ?? 0) !== addresses.length) {
    column.fail(`rising numbers, the last of them ${addresses.length}`);
  }
  return { ends: Uint32Array.from(ends), addresses, sizes, statuses };
}

function readSystemCall(
  call: JsonReader,
  start: number,
  length: number,
): RunSystemCall {
  return {
    call: call.get("call").whole(0, length - 1),
    name: call.get("name").oneOf(["sbrk", "mmap", "munmap"] as const),
    address: start + call.get("address").whole(LOWEST),
    length: call.get("length").whole(),
  };
}

function readGrowth(growth: JsonReader, length: number): Growth {
  return {
    call: growth.get("call").whole(0, length - 1),
    length: growth.get("length").whole(),
    request: growth.get("request").whole(),
    freeBytes: growth.get("freeBytes").whole(),
    largestFreeBytes: growth.get("largestFreeBytes").whole(),
    reason: growth.get("reason").oneOf(
      [
        "first use",
        "nothing free",
        "too small",
        "scattered",
        "grows in place",
      ] as const,
    ),
  };
}

function readSamples(samples: JsonReader, mostCalls: number): Samples {
  const calls = samples.get("calls").numbers({ most: mostCalls });
  const column = (name: keyof Samples) =>
    Float64Array.from(samples.get(name).numbers({ length: calls.length }));
  return {
    calls: Uint32Array.from(calls),
    requestedBytes: column("requestedBytes"),
    liveBytes: column("liveBytes"),
    heldBytes: column("heldBytes"),
    headerBytes: column("headerBytes"),
    freeBytes: column("freeBytes"),
    largestFreeBytes: column("largestFreeBytes"),
  };
}
