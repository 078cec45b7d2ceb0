import { type Compression, decompressed } from "./decompress.ts";
import type { FormatName } from "./formats/trace_format.ts";
import { MAX_INPUT } from "./limits.ts";
import { limitBytes, lineBatches, longerThan } from "./lines.ts";
import type { Trace } from "./trace.ts";
import { TraceError } from "./trace_error.ts";
import { TraceReader } from "./trace_reader.ts";

/** How a trace is read. */
export interface ReadOptions {
  /** Its format, if it shall not be found by its content. */
  readonly format?: FormatName;
  /**
   * The bytes that it may have, counted after decompression; `Infinity` for any number.
   * 536,870,912 (512 MiB) by default: a small compressed file can hold far more than
   * memory does.
   */
  readonly maxInput?: number;
  /**
   * Whether a line that is not understood is an error. By default it is counted and
   * skipped, if most of the other lines are understood.
   */
  readonly strict?: boolean;
  /** The process whose calls are read, where a recording has those of several. */
  readonly pid?: number;
}

/**
 * Reads a trace. Its format is found by its content, and so is whether it is
 * compressed with gzip or zstd. Empty lines and comments (`#`) may stand before
 * it, and among the lines of a recording some that the recorded program printed.
 *
 * @param stream The file's bytes.
 * @param file Its name, for messages.
 * @param options The format and the process, if they are known, how long the trace may
 * be, and whether every line must be understood.
 * @throws {TraceError} If the format is unknown, most lines are not understood (with
 * `strict`, one line), the compressed data is damaged, there is no call in it, or it has
 * calls of several processes and `pid` names none of them; if it is longer than
 * `maxInput`, a line has more than 16,777,216 characters, or the tables for its
 * calls are full.
 * @throws {RangeError} If `maxInput` is not a number of bytes.
 *
 * @example Read a compressed file
 * ```ts
 * import { comb, readTrace, writeTrace } from "@osmem/lab";
 * import { assertEquals } from "@std/assert";
 *
 * const file = new Blob([...writeTrace(comb(), "json")]).stream()
 *   .pipeThrough(new CompressionStream("gzip"));
 * assertEquals((await readTrace(file, "comb.json.gz")).length, comb().length);
 * ```
 */
export async function readTrace(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
  file: string,
  options: ReadOptions = {},
): Promise<Trace> {
  const { maxInput, ...parsing } = options;
  const lines = readLines(stream, file, maxInput);
  return await readTraceLines(lines, file, parsing);
}

/**
 * Reads a trace that is cut into lines already.
 *
 * @param batches The lines.
 * @param file The name of the file that they are from.
 * @param options How to read them.
 * @param before The lines of the file that stand before them.
 * @throws {TraceError} As {@linkcode readTrace}.
 */
export async function readTraceLines(
  batches: Iterable<string[]> | AsyncIterable<string[]>,
  file: string,
  options: Omit<ReadOptions, "maxInput">,
  before = 0,
): Promise<Trace> {
  const reader = new TraceReader(file, options, before);
  for await (const lines of batches) reader.readAll(lines);
  return reader.end();
}

/**
 * The lines of a file, decompressed if it is compressed.
 *
 * @param stream The file's bytes.
 * @param file Its name, for messages.
 * @param maxInput The bytes that it may have, counted after decompression.
 * @throws {TraceError} If it cannot be read to its end, is longer, or has too long a line.
 * @throws {RangeError} If `maxInput` is not a number of bytes.
 */
export async function* readLines(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
  file: string,
  maxInput = MAX_INPUT,
): AsyncGenerator<string[]> {
  if (!(maxInput >= 0)) {
    throw new RangeError(
      `maxInput is ${maxInput}: expected a number of bytes, or Infinity`,
    );
  }
  let compression: Compression | undefined;
  try {
    const plain = await decompressed(stream);
    compression = plain.compression;
    const limited = plain.stream.pipeThrough(
      limitBytes(
        maxInput,
        () => new TraceError({ file }, longerThan(maxInput)),
      ),
    );
    yield* lineBatches(limited, file);
  } catch (error) {
    if (error instanceof TraceError) throw error;
    throw new TraceError(
      { file },
      `cannot read it to its end: ${problemOf(error, compression)}`,
      error,
    );
  }
}

/** Decompression throws a `TypeError` on damaged data. */
function problemOf(error: unknown, compression?: Compression): string {
  if (error instanceof TypeError && compression) {
    return `it is not one whole ${compression.name} file, but cut short, ` +
      "damaged, or followed by something else; copy it again, or give what " +
      `${compression.printer} prints of it`;
  }
  return error instanceof Error ? error.message : String(error);
}

/**
 * Reads a trace from a text, in any format that {@linkcode readTrace} reads.
 *
 * @param text The trace.
 * @param name What to call it, for messages and headings.
 * @throws {TraceError} If it is not a good trace; it names the line and column.
 *
 * @example Read three calls
 * ```ts
 * import { parseTrace } from "@osmem/lab";
 * import { assertEquals } from "@std/assert";
 *
 * const trace = await parseTrace("0 1 2 1\na 0 100\nf 0\n", "one.rep");
 * assertEquals(trace.length, 2);
 * ```
 */
export function parseTrace(text: string, name: string): Promise<Trace> {
  return readTrace(new Blob([text]).stream(), name);
}
