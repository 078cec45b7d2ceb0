import { joinLines } from "../traces/lines.ts";
import {
  isEmptyOrComment,
  readLines,
  type ReadOptions,
  readTraceLines,
} from "../traces/read_trace.ts";
import type { Trace } from "../traces/trace.ts";
import { parseRun } from "./read_run_json.ts";
import type { Run } from "./run.ts";
import { isRunJson } from "../traces/formats/osmem_json.ts";

/**
 * Reads a file that holds a run, as `osmem run -o` writes it, or a trace. Which of
 * them it is is found by its content, and so is whether it is compressed.
 *
 * @param stream The file's bytes.
 * @param file Its name, for messages.
 * @param options The format, if it is a trace and that is known.
 * @throws {TraceError} If it is neither, or damaged.
 */
export async function readRunOrTrace(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
  file: string,
  options: ReadOptions,
): Promise<Run | Trace> {
  const batches = readLines(stream, file);
  const head = await readHead(batches);
  if (options.format !== undefined || !mayBeJson(head)) {
    return await readTraceLines(chain(head, batches), file, options);
  }
  for await (const lines of batches) head.push(lines);
  const text = joinLines(head.flat(), file);
  return isRunJson(text)
    ? parseRun(text, file)
    : await readTraceLines(head, file, options);
}

/** The batches of lines up to the first one with something in it. */
async function readHead(
  batches: AsyncGenerator<string[]>,
): Promise<string[][]> {
  const head: string[][] = [];
  for (;;) {
    const { value: lines, done } = await batches.next();
    if (done) return head;
    head.push(lines);
    if (!lines.every(isEmptyOrComment)) return head;
  }
}

function mayBeJson(head: readonly string[][]): boolean {
  const first = head.at(-1)?.find((line) => !isEmptyOrComment(line));
  return first?.trimStart().startsWith("{") ?? false;
}

async function* chain(
  head: readonly string[][],
  batches: AsyncGenerator<string[]>,
): AsyncGenerator<string[]> {
  yield* head;
  yield* batches;
}
