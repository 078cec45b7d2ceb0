import { type Compression, decompressed } from "./decompress.ts";
import {
  describeFormats,
  detectFormat,
  formatNamed,
} from "./formats/formats.ts";
import type { FormatName, LineParser } from "./formats/trace_format.ts";
import { MAX_INPUT } from "./limits.ts";
import {
  isEmptyOrComment,
  limitBytes,
  lineBatches,
  longerThan,
} from "./lines.ts";
import { formatCount } from "../words.ts";
import type { Trace } from "./trace.ts";
import { TraceBuilder } from "./trace_builder.ts";
import { TraceError } from "./trace_error.ts";

const LONGEST_CHATTER = 100; // lines before a recording's first
const SHOWN = 40; // characters of an unknown file that a message quotes
const BINARY = /[\p{Cc}\uFFFD]/u; // control characters, or bytes that are no UTF-8

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
}

/**
 * Reads a trace. Its format is found by its content, and so is whether it is
 * compressed with gzip or zstd. Empty lines and comments (`#`) may stand before
 * it, and before a recording some lines that the recorded program printed.
 *
 * @param stream The file's bytes.
 * @param file Its name, for messages.
 * @param options The format, if it is known, and how long the trace may be.
 * @throws {TraceError} If the format is unknown, a line is malformed, the
 * compressed data is damaged, or there is no call in it; if it is longer than
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
  const { format, maxInput } = options;
  const lines = readLines(stream, file, maxInput);
  return await readTraceLines(lines, file, format);
}

/**
 * Reads a trace that is cut into lines already.
 *
 * @param batches The lines.
 * @param file The name of the file that they are from.
 * @param format The format, if it is known.
 * @param before The lines of the file that stand before them.
 * @throws {TraceError} As {@linkcode readTrace}.
 */
export async function readTraceLines(
  batches: Iterable<string[]> | AsyncIterable<string[]>,
  file: string,
  format?: FormatName,
  before = 0,
): Promise<Trace> {
  const reader = new TraceReader(file, format, before);
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

class TraceReader {
  lines: number;
  readonly #file: string;
  readonly #builder: TraceBuilder;
  readonly #format: FormatName | undefined;
  /** Lines before the trace that are of no format; the first is quoted. */
  #chatter = 0;
  #firstChatter = { line: 0, text: "" };
  #parser: LineParser | undefined;

  constructor(file: string, format: FormatName | undefined, before: number) {
    this.lines = before;
    this.#file = file;
    this.#format = format;
    this.#builder = new TraceBuilder(file);
  }

  readAll(lines: readonly string[]): void {
    try {
      for (const line of lines) this.#read(line);
    } catch (error) {
      throw error instanceof RangeError ? this.#full(error) : error;
    }
  }

  #read(text: string): void {
    this.lines++;
    if (!this.#parser && isEmptyOrComment(text)) return;
    this.#parser ??= this.#openParser(text);
    this.#parser?.read(text, this.lines);
  }

  end(): Trace {
    if (!this.#parser) this.#failWithoutFormat();
    const trace = this.#build(this.#parser);
    if (trace.length === 0) {
      throw new TraceError(
        { file: this.#file },
        "there is no call to replay in this trace: expected at least one " +
          "malloc, calloc, realloc or free (valgrind needs --trace-malloc=yes)",
      );
    }
    return trace;
  }

  /** What ends a JSON document is read here too. */
  #build(parser: LineParser): Trace {
    try {
      parser.end(this.lines);
      return this.#builder.build(parser.format);
    } catch (error) {
      throw error instanceof RangeError ? this.#full(error) : error;
    }
  }

  /** The engine has no room for a longer table. */
  #full(error: RangeError): TraceError {
    return new TraceError(
      { file: this.#file, line: this.lines },
      `no room for call ${formatCount(this.#builder.length + 1)} ` +
        `(${error.message}); give a shorter recording`,
      error,
    );
  }

  #openParser(text: string): LineParser | undefined {
    const format = this.#format
      ? formatNamed(this.#format)
      : detectFormat(text, this.#chatter > 0);
    if (format) return format.parser(this.#file, this.#builder);
    if (this.#chatter === 0) this.#firstChatter = { line: this.lines, text };
    this.#chatter++;
    if (this.#chatter > LONGEST_CHATTER) this.#failWithoutFormat();
    return undefined;
  }

  #failWithoutFormat(): never {
    const expected = `a trace of one of these formats: ${describeFormats()}, ` +
      "perhaps compressed with gzip or zstd";
    if (this.#chatter === 0) {
      throw new TraceError(
        { file: this.#file },
        `the file is empty: expected ${expected}`,
      );
    }
    const { line, text } = this.#firstChatter;
    throw new TraceError(
      { file: this.#file, line, column: 1 },
      `expected ${expected}, found ${quote(text)}`,
    );
  }
}

function quote(line: string): string {
  return BINARY.test(line)
    ? "binary data"
    : JSON.stringify(line.slice(0, SHOWN));
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
