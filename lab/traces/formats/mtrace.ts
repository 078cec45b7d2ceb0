import { CallKind } from "../trace.ts";
import type { BlockName, TraceBuilder } from "../trace_builder.ts";
import { LineCursor } from "./line_cursor.ts";
import { nullIfZero, requirePossible } from "./results.ts";
import type { LineParser, TraceFormat } from "./trace_format.ts";

/**
 * What glibc's `mtrace()` writes to the file named by `MALLOC_TRACE`, as of
 * glibc 2.36 (there with `LD_PRELOAD=libc_malloc_debug.so.0`):
 *
 * ```text
 *   = Start                        mtrace() was called; = End by muntrace()
 *   @ OBJECT:(SYMBOL+OFFSET)[0xA]  before each of these, where it was called:
 *     + 0xRESULT 0xSIZE            malloc, calloc, memalign; realloc of NULL
 *     - 0xOLD                      free; realloc to 0
 *     < 0xOLD                      realloc, and in the next line
 *     > 0xRESULT 0xSIZE            its result
 *     ! 0xOLD 0xSIZE               a realloc that failed
 *     + (nil) 0xSIZE               an allocation that failed
 * ```
 *
 * glibc's manual shows lines with only `[0xA]` in front, and lines may be indented. A size of 0 is written `0`. Threads take turns between calls, never between
 * the two lines of a realloc. A program that is killed may leave its last line
 * cut off, which is not understood; a realloc whose second line is missing counts as a
 * call that did not return.
 */
export const mtrace: TraceFormat = {
  name: "mtrace",
  description: "glibc's mtrace",
  afterChatter: true,
  byHand: false,
  tellsProcesses: false,
  matches: (line) =>
    /^\s*(= Start|(@ .*\] |\[0x[0-9a-f]+\] )?[-+<>!] (0x|\(nil\)))/.test(line),
  parser: (builder, { file }) => new MtraceParser(file, builder),
};

const CALLER = /@ .*\] |\[0x[0-9a-f]+\] /y;
const MARK = /= (Start|End)\s*$/y;
const BLANK_END = /\s*$/y;
const ADDRESS = "an address, as in 0x4BAD040, or (nil)";
const SIZE = "a size in bytes, as in 0x64";

class MtraceParser implements LineParser {
  readonly format = mtrace.name;
  readonly #cursor: LineCursor;
  readonly #builder: TraceBuilder;
  /** The block that the line before gave to realloc. */
  #reallocated: { readonly old: BlockName } | undefined;

  constructor(file: string, builder: TraceBuilder) {
    this.#cursor = new LineCursor(file);
    this.#builder = builder;
  }

  read(text: string, line: number): void {
    const cursor = this.#cursor;
    cursor.open(text, line);
    cursor.skipBlanks();
    if (cursor.atEnd || cursor.match(MARK)) return;
    cursor.match(CALLER);
    const begun = this.#reallocated;
    this.#reallocated = undefined;
    if (begun && cursor.lookingAt("> ")) this.#readReallocation(begun.old);
    else {
      if (begun) this.#builder.fail();
      this.#readOperation();
    }
  }

  end(): void {
    if (this.#reallocated) this.#builder.fail();
  }

  #readOperation(): void {
    const cursor = this.#cursor;
    if (cursor.skip("+ ")) this.#readAllocation();
    else if (cursor.skip("- ")) this.#readFree();
    else if (cursor.skip("< ")) this.#reallocated = { old: this.#lastBlock() };
    else if (cursor.skip("! ")) this.#readFailure();
    else cursor.fail('an operation, "+", "-", "<" or "!"');
  }

  #readAllocation(): void {
    const { result, size } = this.#result();
    const call = { kind: CallKind.malloc, count: 1, size };
    this.#builder.allocate(call, result, this.#cursor.line);
  }

  #readFree(): void {
    this.#builder.free(this.#lastBlock(), this.#cursor.line);
  }

  #readReallocation(old: BlockName): void {
    this.#cursor.expect("> ");
    const { result, size } = this.#result();
    this.#builder.reallocate(old, size, result, this.#cursor.line);
  }

  #readFailure(): void {
    this.#block();
    this.#cursor.expect(" ");
    this.#size();
    this.#expectEnd();
    this.#builder.fail();
  }

  #result(): { result: BlockName; size: number } {
    const start = this.#cursor.position;
    const result = this.#block();
    this.#cursor.expect(" ");
    const size = this.#size();
    this.#expectEnd();
    if (result !== null) requirePossible(this.#cursor, size, start);
    return { result, size };
  }

  #lastBlock(): BlockName {
    const block = this.#block();
    this.#expectEnd();
    return block;
  }

  #expectEnd(): void {
    if (!this.#cursor.match(BLANK_END)) this.#cursor.expectEnd();
  }

  #block(): BlockName {
    const cursor = this.#cursor;
    return cursor.skip("(nil)")
      ? null
      : nullIfZero(cursor.hexadecimal(ADDRESS));
  }

  /** `%#lx` writes a 0 without `0x`. */
  #size(): number {
    const cursor = this.#cursor;
    return cursor.lookingAt("0x")
      ? cursor.hexadecimal(SIZE)
      : cursor.skip("0")
      ? 0
      : cursor.fail(SIZE);
  }
}
