import { formatCount } from "../words.ts";
import {
  describeFormats,
  detectFormat,
  formatNamed,
} from "./formats/formats.ts";
import type {
  FormatName,
  LineParser,
  TraceFormat,
} from "./formats/trace_format.ts";
import { beginsDocument, isEmptyOrComment } from "./lines.ts";
import type { Trace } from "./trace.ts";
import { TraceBuilder } from "./trace_builder.ts";
import { MalformedLineError, TraceError } from "./trace_error.ts";

/** Lines by which a format is recognised. */
const SAMPLE = 100;
const SHOWN = 40; // characters of an unknown file that a message quotes
const BINARY = /[\p{Cc}\uFFFD]/u; // control characters, or bytes that are no UTF-8

const NOTHING = "nothing is allocated in this trace";
const NOTHING_ADVICE =
  ": the recorded program may use an allocator of its own, or start another program " +
  "that does the work (valgrind has --soname-synonyms=somalloc=NAME and " +
  "--trace-children=yes)";

/** How a {@linkcode TraceReader} reads. */
export interface TraceReaderOptions {
  /** The format, if it is known. */
  readonly format?: FormatName;
  /** Whether a line that is not understood is an error. */
  readonly strict?: boolean;
  /** The process whose calls are read. */
  readonly pid?: number;
}

/** Finds the format of a trace by its first lines, and reads all lines in turn. */
export class TraceReader {
  /** The lines that were read. */
  lines: number;
  readonly #file: string;
  readonly #builder: TraceBuilder;
  readonly #format: FormatName | undefined;
  readonly #strict: boolean;
  readonly #pid: number | undefined;
  /** The lines before the format is known, from the first one with something in it. */
  #sample: string[] = [];
  #reading:
    | { readonly format: TraceFormat; readonly parser: LineParser }
    | undefined;
  /** The first line that the format matches. */
  #firstLine = 1;
  #misunderstood = 0;
  #firstError: MalformedLineError | undefined;

  /**
   * @param file The name of the file, for messages.
   * @param options How to read it.
   * @param before The lines of the file that stand before the first one to be read.
   */
  constructor(file: string, options: TraceReaderOptions, before: number) {
    const { format, strict = false, pid } = options;
    this.lines = before;
    this.#file = file;
    this.#format = format;
    this.#strict = strict;
    this.#pid = pid;
    this.#builder = new TraceBuilder(file);
  }

  /**
   * Reads lines.
   *
   * @throws {TraceError} If the format is unknown, the tables are full, or a line is not
   * understood that has to be.
   */
  readAll(lines: readonly string[]): void {
    this.#orFull(() => {
      let next = 0;
      while (!this.#reading && next < lines.length) {
        this.#gather(lines[next++]!);
      }
      if (this.#reading) this.#parse(this.#reading.parser, lines, next);
    });
  }

  /**
   * The trace of all lines.
   *
   * @throws {TraceError} If the format is unknown, something is missing at the end, most
   * lines were not understood, or no call was read.
   */
  end(): Trace {
    return this.#orFull(() => {
      if (!this.#reading) this.#open();
      const { parser, format } = this.#reading!;
      this.#endParser(parser);
      this.#requireUnderstood(format);
      this.#requireCalls();
      this.#describe(format);
      return this.#builder.build(parser.format);
    });
  }

  /** Keeps a line until the format is known. */
  #gather(text: string): void {
    if (this.#sample.length === 0 && isEmptyOrComment(text)) {
      this.lines++;
      return;
    }
    this.#sample.push(text);
    const isKnown = this.#format !== undefined || beginsDocument(text);
    if (isKnown || this.#sample.length === SAMPLE) this.#open();
  }

  /** Finds the format, and reads the lines that were kept. */
  #open(): void {
    const sample = this.#sample;
    const format = this.#format
      ? formatNamed(this.#format)
      : detectFormat(sample);
    if (!format || sample.length === 0) this.#failWithoutFormat();
    if (this.#pid !== undefined && !format.tellsProcesses) {
      this.#failWithoutProcesses(format);
    }
    const parser = format.parser(this.#builder, {
      file: this.#file,
      strict: this.#strict,
      pid: this.#pid,
    });
    const first = sample.findIndex((line) => format.matches(line));
    this.#firstLine = this.lines + 1 + Math.max(first, 0);
    this.#reading = { format, parser };
    this.#sample = [];
    this.#parse(parser, sample, 0);
  }

  #parse(parser: LineParser, lines: readonly string[], from: number): void {
    for (let next = from; next < lines.length; next++) {
      this.lines++;
      try {
        parser.read(lines[next]!, this.lines);
      } catch (error) {
        this.#skip(error);
      }
    }
  }

  /** What ends a JSON document is read here too. */
  #endParser(parser: LineParser): void {
    try {
      parser.end(this.lines);
    } catch (error) {
      this.#skip(error);
    }
  }

  #skip(error: unknown): void {
    const isFatal = this.#strict || this.#reading?.format.byHand ||
      !(error instanceof MalformedLineError);
    if (isFatal) throw error;
    this.#builder.skipLine();
    this.#firstError ??= error;
    if (this.lines >= this.#firstLine) this.#misunderstood++;
  }

  /** A format that is named is not doubted. */
  #requireUnderstood({ name, description }: TraceFormat): void {
    const lines = this.lines - this.#firstLine + 1;
    const error = this.#firstError;
    if (!error || this.#format || 2 * this.#misunderstood <= lines) return;
    throw new TraceError(
      error.place,
      `${error.problem}; ${formatCount(this.#misunderstood)} of ` +
        `${
          formatCount(lines)
        } lines are not understood as ${description}, the ` +
        `format that comes closest; to skip them, give --format ${name}`,
      error,
    );
  }

  #requireCalls(): void {
    if (!this.#builder.isEmpty) return;
    if (this.#firstError) throw this.#firstError;
    throw new TraceError(
      { file: this.#file },
      "there is no call to replay in this trace: expected at least one " +
        "malloc, calloc, realloc or free (valgrind needs --trace-malloc=yes)",
    );
  }

  #describe({ tellsProcesses }: TraceFormat): void {
    const skipped = this.#builder.skippedLines;
    const error = this.#firstError;
    if (error) {
      const { line = 0, column = 0 } = error.place;
      this.#builder.remark(
        `skipped lines that are not understood: ${
          formatCount(skipped)
        }; the first ` +
          `is ${line}:${column}: ${error.problem} (--strict makes it an error)`,
      );
    }
    if (this.#builder.blockCount === 0) {
      this.#builder.remark(NOTHING + (tellsProcesses ? NOTHING_ADVICE : ""));
    }
  }

  /** The engine may have no room for a longer table. */
  #orFull<Result>(read: () => Result): Result {
    try {
      return read();
    } catch (error) {
      throw error instanceof RangeError ? this.#full(error) : error;
    }
  }

  #full(error: RangeError): TraceError {
    return new TraceError(
      { file: this.#file, line: this.lines },
      `no room for call ${formatCount(this.#builder.length + 1)} ` +
        `(${error.message}); give a shorter recording`,
      error,
    );
  }

  #failWithoutProcesses({ description }: TraceFormat): never {
    throw new TraceError(
      { file: this.#file },
      `is a trace of ${description}, which does not say the process of a call; ` +
        "leave out --pid",
    );
  }

  #failWithoutFormat(): never {
    const expected = `a trace of one of these formats: ${describeFormats()}, ` +
      "perhaps compressed with gzip or zstd";
    const [text] = this.#sample;
    if (text === undefined) {
      throw new TraceError(
        { file: this.#file },
        `the file is empty: expected ${expected}`,
      );
    }
    throw new TraceError(
      { file: this.#file, line: this.lines + 1, column: 1 },
      `expected ${expected}, found ${quote(text)}`,
    );
  }
}

function quote(line: string): string {
  return BINARY.test(line)
    ? "binary data"
    : JSON.stringify(line.slice(0, SHOWN));
}
