import { CallKind } from "../trace.ts";
import type { TraceBuilder } from "../trace_builder.ts";
import { LineCursor } from "./line_cursor.ts";
import { nullIfZero, requirePossible } from "./results.ts";
import type { LineParser, TraceFormat } from "./trace_format.ts";

/**
 * What `heaptrack --raw PROGRAM` writes, file version 3, as of heaptrack 1.4. It
 * is compressed with zstd. All numbers are hexadecimal, without `0x`:
 *
 * ```text
 *   v HEAPTRACK FILE       first: the versions of heaptrack and of the format
 *   + SIZE TRACE RESULT    an allocation; TRACE is where it was called
 *   - OLD                  a free
 *   x X I m t c R A S #    lines that begin so are not about calls
 * ```
 *
 * realloc is a `-` and then a `+`, and so is read as free and malloc. Without
 * `--raw` heaptrack writes a summary in which blocks have no names; it cannot be
 * replayed and is refused, as is a line that is cut off.
 */
export const heaptrack: TraceFormat = {
  name: "heaptrack",
  description: "heaptrack (--raw)",
  afterChatter: true,
  byHand: false,
  tellsProcesses: false,
  matches: (line) => /^v [0-9a-f]+ [0-9a-f]+$/.test(line),
  parser: (builder, { file }) => new HeaptrackParser(file, builder),
};

const FILE_VERSION = 3;
const CONTEXT = /[xXImtcRAS#]( |$)/y;
const INTERPRETED = /[asi] /y;
const ADDRESS = "an address in hexadecimal without 0x, as in 561f7a6b3590";

class HeaptrackParser implements LineParser {
  readonly format = heaptrack.name;
  readonly #cursor: LineCursor;
  readonly #builder: TraceBuilder;

  constructor(file: string, builder: TraceBuilder) {
    this.#cursor = new LineCursor(file);
    this.#builder = builder;
  }

  read(text: string, line: number): void {
    const cursor = this.#cursor;
    cursor.open(text, line);
    if (cursor.atEnd || cursor.match(CONTEXT)) return;
    if (cursor.skip("+ ")) this.#readAllocation();
    else if (cursor.skip("- ")) this.#readFree();
    else if (cursor.skip("v ")) this.#readVersion();
    else this.#refuse();
    cursor.expectEnd();
  }

  end(): void {}

  #readAllocation(): void {
    const cursor = this.#cursor;
    const size = cursor.hexadecimalDigits("a size in hexadecimal bytes");
    cursor.expect(" ");
    cursor.hexadecimalDigits("the number of a backtrace");
    cursor.expect(" ");
    const start = cursor.position;
    const result = cursor.hexadecimalDigits(ADDRESS);
    if (result !== 0) requirePossible(cursor, size, start);
    const call = { kind: CallKind.malloc, count: 1, size };
    this.#builder.allocate(call, nullIfZero(result), cursor.line);
  }

  #readFree(): void {
    const address = this.#cursor.hexadecimalDigits(ADDRESS);
    this.#builder.free(nullIfZero(address), this.#cursor.line);
  }

  #readVersion(): void {
    const cursor = this.#cursor;
    cursor.hexadecimalDigits("heaptrack's version");
    cursor.expect(" ");
    const start = cursor.position;
    const version = cursor.hexadecimalDigits("the file's version");
    if (version !== FILE_VERSION) {
      cursor.fail(`${FILE_VERSION}, the version of the format`, start);
    }
  }

  #refuse(): never {
    return this.#cursor.fail(
      this.#cursor.match(INTERPRETED)
        ? "a line of a raw recording (record with heaptrack --raw)"
        : 'an operation, "+" or "-", or a line of heaptrack\'s context',
      0,
    );
  }
}
