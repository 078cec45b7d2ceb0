import { decompressed } from "./decompress.ts";
import { detectFormat, FORMATS } from "./formats/formats.ts";
import type { LineParser } from "./formats/trace_format.ts";
import { lineBatches } from "./lines.ts";
import type { Trace } from "./trace.ts";
import { TraceBuilder } from "./trace_builder.ts";
import { TraceError } from "./trace_error.ts";

const SHOWN = 40; // characters of an unknown file that a message quotes
const BINARY = /[\p{Cc}\uFFFD]/u; // control characters, or bytes that are no UTF-8

/**
 * Reads a trace. Its format is found by its content, and so is whether it is
 * compressed with gzip.
 *
 * @param stream The file's bytes.
 * @param file Its name, for messages.
 * @throws {TraceError} If the format is unknown, a line is malformed, the
 * compressed data is damaged, or there is no call in it.
 */
export async function readTrace(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
  file: string,
): Promise<Trace> {
  const reader = new TraceReader(file);
  for await (const lines of readableLines(stream, file)) {
    for (const line of lines) reader.read(line);
  }
  return reader.end();
}

async function* readableLines(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
  file: string,
): AsyncGenerator<string[]> {
  try {
    yield* lineBatches(await decompressed(stream));
  } catch (error) {
    throw new TraceError(
      { file },
      `cannot read it to its end: ${problemOf(error)}`,
      error,
    );
  }
}

/** The Compression Streams standard throws a `TypeError` on damaged data. */
function problemOf(error: unknown): string {
  if (error instanceof TypeError) {
    return "it is not one whole gzip file, but cut short, damaged, or " +
      "followed by something else; copy it again, or give what zcat prints of it";
  }
  return error instanceof Error ? error.message : String(error);
}

class TraceReader {
  lines = 0;
  readonly #file: string;
  readonly #builder = new TraceBuilder();
  #parser: LineParser | undefined;

  constructor(file: string) {
    this.#file = file;
  }

  read(text: string): void {
    this.lines++;
    if (!this.#parser && text.trim() === "") return;
    this.#parser ??= this.#openParser(text);
    this.#parser.read(text, this.lines);
  }

  end(): Trace {
    if (!this.#parser) {
      throw new TraceError(
        { file: this.#file },
        `the file is empty: expected ${expectedFormats()}`,
      );
    }
    this.#parser.end(this.lines);
    const trace = this.#builder.build(this.#file, this.#parser.format);
    if (trace.length === 0) {
      throw new TraceError(
        { file: this.#file },
        "there is no call to replay in this trace: expected at least one " +
          "malloc, calloc, realloc or free (valgrind needs --trace-malloc=yes)",
      );
    }
    return trace;
  }

  #openParser(firstLine: string): LineParser {
    const format = detectFormat(firstLine);
    if (format) return format.parser(this.#file, this.#builder);
    throw new TraceError(
      { file: this.#file, line: this.lines, column: 1 },
      `expected ${expectedFormats()}, found ${quote(firstLine)}`,
    );
  }
}

function expectedFormats(): string {
  const names = FORMATS.map(({ name }) => name).join(" or ");
  return `a trace of one of these formats: ${names}, perhaps compressed with gzip`;
}

function quote(line: string): string {
  return BINARY.test(line)
    ? "binary data"
    : JSON.stringify(line.slice(0, SHOWN));
}
