import { CallKind } from "../trace.ts";
import type { BlockName, TraceBuilder } from "../trace_builder.ts";
import { LineCursor } from "./line_cursor.ts";
import { allocationOf, isAllocator } from "./ltrace_functions.ts";
import { type NestedCall, NestedCalls } from "./nested_calls.ts";
import { nullIfZero, requirePossible } from "./results.ts";
import type { LineParser, TraceFormat } from "./trace_format.ts";

/**
 * What `ltrace -o FILE PROGRAM` writes, as of ltrace 0.7.3:
 *
 * ```text
 *   PREFIX CALLER->FUNCTION@LIBRARY(ARGUMENTS) = RESULT <TIME>
 *   PREFIX FUNCTION(ARGUMENTS <unfinished ...>   another thread, or a call inside,
 *   PREFIX <... FUNCTION resumed> ) = RESULT     comes between
 *   PREFIX FUNCTION(ARGUMENTS <no return ...>
 *   PREFIX --- SIGNAL ---                        passed over
 *   PREFIX +++ exited (status 0) +++             passed over
 *   PREFIX unexpected breakpoint at 0xADDRESS    passed over; of ltrace's own
 *
 *   PREFIX = [pid N] | N       with -f, and then
 *            clock time        with -t, -r
 *            [0xADDRESS]       with -i
 * ```
 *
 * Other functions are passed over, as is `posix_memalign`, whose block stands
 * behind a pointer that ltrace does not follow. Calls that one of malloc's family
 * makes itself (seen with `-x`) are part of it. A free counts from where it begins,
 * all else from where it returns. A call that does not return, or whose beginning
 * ltrace lost (it loses some when threads run), counts as failed. A line that is
 * cut off is refused, and so are calls of a second process, which has a heap of
 * its own.
 */
export const ltrace: TraceFormat = {
  name: "ltrace",
  description: "ltrace",
  afterChatter: true,
  byHand: false,
  tellsProcesses: true,
  matches: (line) => LINE.test(line),
  parser: (builder, { file }) => new LtraceParser(file, builder),
};

const LINE = new RegExp(
  "^(\\[pid \\d+\\] |\\d+ )? *([\\d:]+[.:][\\d.:]+ )?(\\[0x[0-9a-f]+\\] )? *" +
    "([A-Za-z_~][^\"'(]*\\((?!\\[').*" +
    "(\\) += |<unfinished \\.\\.\\.>$|<no return \\.\\.\\.>$)" +
    "|<\\.\\.\\. .* resumed> )",
);
const PROCESS = /(?:\[pid (\d+)\] |(\d+) )?/y;
const CLOCK = / *(?:[\d:]+[.:][\d.:]+ +)?(?:\[0x[0-9a-f]+\] +)?\s*/y;
const REMARK = /(--- .* ---|\+\+\+ .* \+\+\+|unexpected breakpoint at .*)$/y;
const RESUMED = /<\.\.\. (.+?) resumed> /y;
const NAME =
  /(?:[^\s"'(]+->)?(operator (?:new|delete)(?:\[\])?\([^()]*\)|[A-Za-z_]\w*)(?:@[^\s(]+)?\(/y;
const FORK =
  /(?:[^\s"'(]+->)?(?:<\.\.\. )?v?fork(?:@\S+)?(?:\(| resumed).* = (0x[0-9a-f]+|\d+)/y;
const EXEC = "--- Called exec() ---";
const TIME = /(?: <[\d.]+>)?$/y;
const CUT = / ?<(unfinished|no return) \.\.\.>$/y;
const WHAT = "a call, its result, a signal or an exit " +
  "(record with -o FILE to keep the program's own output apart)";

class LtraceParser implements LineParser {
  readonly format = ltrace.name;
  readonly #cursor: LineCursor;
  readonly #builder: TraceBuilder;
  readonly #calls: NestedCalls;
  readonly #forked = new Set<string>();
  /** The thread of the first call. */
  #first: string | undefined;

  constructor(file: string, builder: TraceBuilder) {
    this.#cursor = new LineCursor(file);
    this.#builder = builder;
    this.#calls = new NestedCalls(() => builder.fail());
  }

  read(text: string, line: number): void {
    const cursor = this.#cursor;
    cursor.open(text, line);
    if (cursor.atEnd) return;
    const [, bracketed, plain] = cursor.match(PROCESS) ?? [];
    const thread = bracketed ?? plain ?? "";
    cursor.match(CLOCK);
    if (cursor.lookingAt(EXEC)) this.#noteProgram(thread);
    if (cursor.match(REMARK)) return;
    const start = cursor.position;
    const resumed = cursor.match(RESUMED)?.[1];
    const name = resumed ?? cursor.match(NAME)?.[1] ?? "";
    if (!isAllocator(name)) return this.#passOver(text, start, thread);
    this.#requireOneProcess(thread);
    if (resumed) this.#readReturn(name, thread);
    else this.#readCall(name, thread);
  }

  end(): void {
    this.#calls.end();
  }

  #passOver(text: string, start: number, thread: string): void {
    const cursor = this.#cursor;
    if (!LINE.test(text)) cursor.fail(WHAT, start);
    cursor.position = start;
    const child = cursor.match(FORK)?.[1];
    if (child) this.#forked.add(Number(child) ? `${Number(child)}` : thread);
  }

  /** `system()` and its like fork unseen, but what they run is a new program. */
  #noteProgram(thread: string): void {
    if (thread !== this.#first) this.#forked.add(thread);
  }

  /** Threads share a heap; processes do not, and ltrace names them alike. */
  #requireOneProcess(thread: string): void {
    this.#first ??= thread;
    if (!this.#forked.has(thread)) return;
    this.#cursor.fail(
      "a call of the process recorded first, but this one was forked " +
        "(record without -f, or leave out its lines)",
      0,
    );
  }

  #readCall(name: string, thread: string): void {
    const cursor = this.#cursor;
    const start = cursor.position;
    const asked = allocationOf(name, this.#arguments()) ??
      cursor.fail(`the arguments of ${name}`, start);
    const call = this.#calls.open(thread, {
      ...asked,
      name,
      line: cursor.line,
    });
    if (call.kind === CallKind.free && !call.inside) {
      this.#builder.free(nullIfZero(call.old), cursor.line);
    }
    const [, cut] = cursor.match(CUT) ?? [];
    if (cut === undefined) this.#readReturn(name, thread);
  }

  /** `ARGUMENT, ARGUMENT`, up to what ends them. */
  #arguments(): number[] {
    const cursor = this.#cursor;
    const args: number[] = [];
    while (!cursor.lookingAt(")") && !cursor.lookingAt(" <")) {
      args.push(this.#number("an argument, a number"));
      if (!cursor.skip(", ")) break;
    }
    return args;
  }

  #readReturn(name: string, thread: string): void {
    const call = this.#calls.close(thread, name);
    const place = this.#skipToResult();
    const result = this.#cursor.skip("<void>") ? 0 : this.#number("a result");
    if (!this.#cursor.match(TIME)) this.#cursor.expectEnd();
    if (!call || call.inside || call.kind === CallKind.free) return;
    if (result !== 0) {
      requirePossible(this.#cursor, call.count * call.size, place);
    }
    this.#build(call, nullIfZero(result));
  }

  #skipToResult(): number {
    const cursor = this.#cursor;
    cursor.expect(")");
    cursor.skipBlanks();
    cursor.expect("= ");
    return cursor.position;
  }

  #build(call: NestedCall, result: BlockName): void {
    const { kind, count, size, old, line } = call;
    if (kind === CallKind.realloc) {
      this.#builder.reallocate(nullIfZero(old), count * size, result, line);
    } else {
      this.#builder.allocate({ kind, count, size }, result, line);
    }
  }

  /** Decimal, hexadecimal, or negative where ltrace knows no type. */
  #number(meaning: string): number {
    const cursor = this.#cursor;
    if (cursor.skip("-")) return 2 ** 64 - cursor.integer(meaning);
    return cursor.lookingAt("0x")
      ? cursor.hexadecimal(meaning)
      : cursor.integer(meaning);
  }
}
