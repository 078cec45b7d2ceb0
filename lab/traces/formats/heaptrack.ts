import { CallKind } from "../trace.ts";
import type { TraceBuilder } from "../trace_builder.ts";
import { HeaptrackInfos } from "./heaptrack_infos.ts";
import { LineCursor } from "./line_cursor.ts";
import { nullIfZero, requirePossible } from "./results.ts";
import type { LineParser, TraceFormat } from "./trace_format.ts";

/**
 * What `heaptrack PROGRAM` writes, with `--raw` or without it, file versions 1 to 3, as
 * of heaptrack 1.1 to 1.5. It is compressed with zstd or gzip. All numbers are
 * hexadecimal, without `0x`:
 *
 * ```text
 *   v HEAPTRACK FILE       first: the versions of heaptrack and of the format
 *                          with --raw
 *   + SIZE TRACE RESULT    an allocation; TRACE is where it was called
 *   - OLD                  a free
 *                          without --raw
 *   a SIZE TRACE           blocks of this size and place have the next number from 0 on
 *   + NUMBER               an allocation of one of them
 *   - NUMBER               a free of one of them
 *   x X I m t c R A S # s i e    lines that begin so are not about calls
 * ```
 *
 * realloc is a `-` and then a `+`, and so is read as free and malloc. Without `--raw` it
 * is not known which of several like blocks is freed: the one allocated last is taken, so
 * that sizes and peaks are exact and lifetimes are not.
 */
export const heaptrack: TraceFormat = {
  name: "heaptrack",
  description: "heaptrack",
  afterChatter: true,
  byHand: false,
  tellsProcesses: false,
  matches: (line) => /^v [0-9a-f]+ [0-9a-f]+$/.test(line),
  parser: (builder, { file }) => new HeaptrackParser(file, builder),
};

const LATEST_VERSION = 3;
const CONTEXT = /[xXImtcRAS#sie]( |$)/y;
const NUMBER = /[0-9a-f]+$/y;
const ADDRESS = "an address in hexadecimal without 0x, as in 561f7a6b3590";

class HeaptrackParser implements LineParser {
  readonly #cursor: LineCursor;
  readonly #builder: TraceBuilder;
  readonly #file: string;
  /** What an interpreted file says of its blocks; `undefined` for a raw file. */
  #infos: HeaptrackInfos | undefined;

  constructor(file: string, builder: TraceBuilder) {
    this.#cursor = new LineCursor(file);
    this.#builder = builder;
    this.#file = file;
  }

  get format(): string {
    return this.#infos ? "heaptrack, interpreted" : heaptrack.name;
  }

  read(text: string, line: number): void {
    const cursor = this.#cursor;
    cursor.open(text, line);
    if (cursor.atEnd || cursor.match(CONTEXT)) return;
    if (cursor.skip("+ ")) this.#readAllocation();
    else if (cursor.skip("- ")) this.#readFree();
    else if (cursor.skip("a ")) this.#readInfo();
    else if (cursor.skip("v ")) this.#readVersion();
    else {
      cursor.fail(
        'an operation, "+" or "-", or a line of heaptrack\'s context',
        0,
      );
    }
  }

  end(): void {
    this.#infos?.describe();
  }

  #readAllocation(): void {
    const cursor = this.#cursor;
    if (this.#infos && cursor.match(NUMBER)) {
      return this.#infos.allocate(cursor);
    }
    const size = this.#size();
    cursor.expect(" ");
    cursor.hexadecimalDigits("the number of a backtrace");
    cursor.expect(" ");
    const start = cursor.position;
    const result = cursor.hexadecimalDigits(ADDRESS);
    cursor.expectEnd();
    if (result !== 0) requirePossible(cursor, size, start);
    const call = { kind: CallKind.malloc, count: 1, size };
    this.#builder.allocate(call, nullIfZero(result), cursor.line);
  }

  #readFree(): void {
    const cursor = this.#cursor;
    if (this.#infos && cursor.match(NUMBER)) return this.#infos.free(cursor);
    const address = cursor.hexadecimalDigits(ADDRESS);
    cursor.expectEnd();
    this.#builder.free(nullIfZero(address), cursor.line);
  }

  #readInfo(): void {
    const cursor = this.#cursor;
    const size = this.#size();
    cursor.expect(" ");
    cursor.hexadecimalDigits("the number of a backtrace");
    cursor.expectEnd();
    requirePossible(cursor, size, 2);
    this.#infos ??= new HeaptrackInfos(this.#file, this.#builder);
    this.#infos.add(size, cursor.line);
  }

  #size(): number {
    return this.#cursor.hexadecimalDigits("a size in hexadecimal bytes");
  }

  #readVersion(): void {
    const cursor = this.#cursor;
    cursor.hexadecimalDigits("heaptrack's version");
    cursor.expect(" ");
    const start = cursor.position;
    const version = cursor.hexadecimalDigits("the file's version");
    cursor.expectEnd();
    if (version < 1 || version > LATEST_VERSION) {
      cursor.fail(`1 to ${LATEST_VERSION}, a version of the format`, start);
    }
  }
}
