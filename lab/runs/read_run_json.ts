import { CALL_NAMES, NO_BLOCK } from "../traces/trace.ts";
import { TraceError } from "../traces/trace_error.ts";
import { countLive, type HeapSnapshot } from "./heap_snapshot.ts";
import { JsonReader } from "./json_reader.ts";
import { AddressOrigin } from "./reading/addresses.ts";
import { readChanges, readInitialBlocks } from "./reading/read_blocks.ts";
import { readCalls, requireCountable } from "./reading/read_calls.ts";
import {
  readGrowths,
  readMarks,
  readSamples,
  readSystemCalls,
  readTexts,
} from "./reading/read_events.ts";
import { readPolicy } from "./reading/read_policy.ts";
import { Run } from "./run.ts";
import type { RunData } from "./run_data.ts";
import { RUN_FORMAT } from "../traces/formats/osmem_json.ts";
import { RUN_VERSION } from "./run_json.ts";

/**
 * Reads a run that was written as JSON.
 *
 * @param text The JSON, as `JSON.stringify(run)` gives it.
 * @param file The file's name, for messages.
 * @throws {TraceError} If the text is not a run; the message names the file and the value.
 *
 * @example Write a run and read it again
 * ```ts
 * import { experiment, parseRun } from "@osmem/lab";
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
      `not a complete JSON document (${problem}); write it again with osmem run -o`,
      error,
    );
  }
}

function readRunJson(value: unknown, file: string): RunData {
  const run = new JsonReader(value, file);
  run.get("format").oneOf([RUN_FORMAT]);
  run.get("version").oneOf([RUN_VERSION]);
  run.get("kindNames").entries(CALL_NAMES.length)
    .forEach((name, at) => name.oneOf([CALL_NAMES[at]]));
  const origin = new AddressOrigin(run.get("start").whole());
  const initial = readInitialBlocks(run.get("initial"), origin);
  const blockCount = readBlockCount(run, initial);
  const calls = readCalls(run.get("calls"), { origin, blockCount });
  const { length } = calls;
  const refusals = readTexts(run.get("refusals"), length);
  requireCountable(run.get("calls"), calls, refusals);
  return {
    title: run.get("title").text(),
    policy: readPolicy(run.get("policy")),
    start: origin.start,
    ...calls,
    blockCount,
    labels: readTexts(run.get("labels"), length),
    refusals,
    marks: readMarks(run.get("marks"), length),
    initial,
    initialFootprintBytes: run.get("initial").get("footprintBytes").whole(),
    changes: readChanges(run.get("changes"), origin, length),
    systemCalls: readSystemCalls(run.get("systemCalls"), origin, length),
    growths: readGrowths(run.get("growths"), length),
    samples: readSamples(run.get("samples"), length),
  };
}

/** Every block was there before the first call, or allocated by one. */
function readBlockCount(run: JsonReader, initial: HeapSnapshot): number {
  const { length } = run.get("calls").get("kinds");
  const live = countLive(initial);
  return run.get("blockCount").whole(live, Math.min(live + length, NO_BLOCK));
}
