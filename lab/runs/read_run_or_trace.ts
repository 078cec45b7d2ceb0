import {
  beginsDocument,
  GatheredText,
  isEmptyOrComment,
} from "../traces/lines.ts";
import {
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
 * @param options The format, if it is a trace and that is known, and how long it may be.
 * @throws {TraceError} If it is neither, or damaged.
 */
export async function readRunOrTrace(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
  file: string,
  options: ReadOptions,
): Promise<Run | Trace> {
  const { maxInput, ...parsing } = options;
  const batches = readLines(stream, file, maxInput);
  const { before, lines } = await readHead(batches);
  if (parsing.format !== undefined || !beginsDocument(lines[0] ?? "")) {
    return await readTraceLines(chain(lines, batches), file, parsing, before);
  }
  const document = new GatheredText(file);
  for await (const batch of chain(lines, batches)) {
    for (const line of batch) document.add(line);
  }
  const text = document.text();
  return isRunJson(text)
    ? parseRun(text, file)
    : await readTraceLines([[text]], file, { format: "json" }, before);
}

/** The first lines of a file from the first one on with something in it. */
interface Head {
  /** How many lines stand before them. */
  readonly before: number;
  /** The lines; none if there is nothing in the whole file. */
  readonly lines: string[];
}

async function readHead(batches: AsyncGenerator<string[]>): Promise<Head> {
  let before = 0;
  for (;;) {
    const { value: lines, done } = await batches.next();
    if (done) return { before, lines: [] };
    const first = lines.findIndex((line) => !isEmptyOrComment(line));
    if (first !== -1) {
      return { before: before + first, lines: lines.slice(first) };
    }
    before += lines.length;
  }
}

async function* chain(
  lines: string[],
  batches: AsyncGenerator<string[]>,
): AsyncGenerator<string[]> {
  yield lines;
  yield* batches;
}
