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

/** Arrays and objects in one another: a run has five. */
const DEEPEST = 64;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPENING = new Set([0x5b, 0x7b]); // [ {
const CLOSING = new Set([0x5d, 0x7d]); // ] }

/**
 * Refuses a document that is nested too deeply, before it is parsed: `JSON.parse` takes
 * some 50 bytes for each bracket, and ends the process when memory runs out.
 */
function requireShallow(text: string, file: string): void {
  let depth = 0;
  let isInText = false;
  for (let at = 0; at < text.length; at++) {
    const character = text.charCodeAt(at);
    if (isInText) {
      if (character === BACKSLASH) at++;
      else if (character === QUOTE) isInText = false;
    } else if (character === QUOTE) isInText = true;
    else if (OPENING.has(character)) depth++;
    else if (CLOSING.has(character)) depth--;
    if (depth <= DEEPEST) continue;
    throw new TraceError(
      { file },
      `more than ${DEEPEST} arrays and objects in one another, at character ` +
        `${at + 1}; a run has fewer: write it again with osmem run -o`,
    );
  }
}

function parseJson(text: string, file: string): unknown {
  requireShallow(text, file);
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
