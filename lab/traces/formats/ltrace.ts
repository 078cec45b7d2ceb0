import { CallKind } from "../trace.ts";
import type { BlockName, TraceBuilder } from "../trace_builder.ts";
import { GivingCalls } from "./giving_calls.ts";
import { LineCursor } from "./line_cursor.ts";
import { allocationOf, givingOf, isAllocator } from "./ltrace_functions.ts";
import { type NestedCall, NestedCalls } from "./nested_calls.ts";
import { ProcessTally } from "./process_tally.ts";
import { nullIfZero, requirePossible } from "./results.ts";
import type {
  LineParser,
  ParsingOptions,
  TraceFormat,
} from "./trace_format.ts";

/**
 * What `ltrace -o FILE PROGRAM` writes, as of ltrace 0.7.3 to 0.7.91:
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
 * Other functions are passed over. Those that give memory, as `strdup` does, are counted
 * by name. The program's own output may stand in the line of the call that printed it,
 * and break it into several lines. The course's `os_malloc` and its like count as `malloc`
 * and its like. Calls that one of malloc's family
 * makes itself (seen with `-x`) are part of it. A free counts from where it begins,
 * all else from where it returns. A call that does not return, or whose beginning
 * ltrace lost (it loses some when threads run), counts as failed. A line that is
 * cut off is not understood. The calls of each process are told apart, as each has a heap
 * of its own.
 */
export const ltrace: TraceFormat = {
  name: "ltrace",
  description: "ltrace",
  afterChatter: true,
  byHand: false,
  tellsProcesses: true,
  matches: (line) => LINE.test(line),
  parser: (builder, options) => new LtraceParser(builder, options),
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
/** The address given to a free that ends the program, with the C library's message. */
const ADDRESS_BEFORE_MESSAGE =
  /0x[0-9a-f]+?(?=free\(\)|double free|corrupted|munmap_chunk|malloc|realloc)/y;

/** The end of a call whose line was broken by what the program printed. */
const BROKEN_END = /^.*?(\)\s+= \S.*| ?<no return \.\.\.>)$/;
const NULL = /\(nil\)|nil|NULL/y;
const RESULT = /.*\) += (\S+?)(?: <[\d.]+>)?$/y;
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
  readonly #giving: GivingCalls;
  readonly #processes: ProcessTally;
  readonly #forked = new Set<string>();
  /** The thread of the first call. */
  #first: string | undefined;
  /** The call whose line was broken by what the program printed. */
  #broken: { readonly name: string; readonly thread: string } | undefined;

  constructor(builder: TraceBuilder, options: ParsingOptions) {
    this.#cursor = new LineCursor(options.file);
    this.#builder = builder;
    this.#calls = new NestedCalls(() => builder.fail());
    this.#giving = new GivingCalls(builder);
    this.#processes = new ProcessTally(options, builder, "without -f");
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
    const called = resumed === undefined ? cursor.match(NAME) : null;
    const name = resumed ?? called?.[1] ?? "";
    if (!isAllocator(name)) return this.#passOver(text, start, name, thread);
    this.#first ??= thread;
    const process = this.#processOf(thread);
    if (!resumed) this.#processes.add(process);
    if (!this.#processes.isChosen(process)) return;
    if (resumed) this.#readReturn(name, thread);
    else this.#readCall(name, thread, called![0].includes("@"));
  }

  end(): void {
    this.#processes.end();
    this.#calls.end();
    this.#giving.describe();
  }

  #passOver(text: string, start: number, name: string, thread: string): void {
    const cursor = this.#cursor;
    if (!LINE.test(text)) return this.#readBroken(text, start, name, thread);
    this.#broken = undefined;
    cursor.position = start;
    const child = cursor.match(FORK)?.[1];
    if (child) this.#forked.add(Number(child) ? `${Number(child)}` : thread);
    else if (givingOf(name)) this.#readGiving(name, thread);
  }

  #readGiving(name: string, thread: string): void {
    const cursor = this.#cursor;
    const [, result] = cursor.match(RESULT) ?? [];
    if (result === undefined) this.#giving.begin(thread, name);
    else {
      const address = Number(result.replace(/^\(?nil\)?$|^NULL$/, "0"));
      this.#giving.end(thread, name, address, cursor.line);
    }
  }

  /** What a program prints breaks the line of the call that prints it. */
  #readBroken(text: string, start: number, name: string, thread: string): void {
    if (name !== "") {
      this.#broken = { name, thread };
      return;
    }
    const broken = this.#broken ?? this.#cursor.fail(WHAT, start);
    const end = BROKEN_END.exec(text)?.[1];
    if (end === undefined) return;
    this.#broken = undefined;
    if (!isAllocator(broken.name) || !end.startsWith(")")) return;
    this.#cursor.position = text.length - end.length;
    this.#readReturn(broken.name, broken.thread);
  }

  /** `system()` and its like fork unseen, but what they run is a new program. */
  #noteProgram(thread: string): void {
    if (thread !== this.#first) this.#forked.add(thread);
  }

  /** Threads share a heap; processes do not, and ltrace names them alike. */
  #processOf(thread: string): number {
    return Number(this.#forked.has(thread) ? thread : this.#first);
  }

  #readCall(name: string, thread: string, inLibrary: boolean): void {
    const cursor = this.#cursor;
    const start = cursor.position;
    const asked = allocationOf(name, this.#arguments()) ??
      cursor.fail(`the arguments of ${name}`, start);
    const isBroken = !cursor.lookingAt(")") && !cursor.lookingAt(" <") &&
      !cursor.atEnd && !cursor.rest.includes(") = ");
    if (!isBroken) this.#requireWhole();
    const { line } = cursor;
    const call = this.#calls.open(thread, { ...asked, name, line, inLibrary });
    if (call.kind === CallKind.free && !call.inside) {
      this.#builder.free(nullIfZero(call.old), line);
    }
    this.#broken = isBroken ? { name, thread } : undefined;
    if (isBroken || cursor.match(CUT)) return;
    this.#readReturn(name, thread);
  }

  /** Refuses a line that breaks off before its result. */
  #requireWhole(): void {
    const cursor = this.#cursor;
    const start = cursor.position;
    if (cursor.match(CUT)) {
      cursor.expectEnd();
    } else {
      const place = this.#skipToResult();
      cursor.position = place;
      this.#result();
    }
    cursor.position = start;
  }

  /** `ARGUMENT, ARGUMENT`, up to what ends them. */
  #arguments(): number[] {
    const cursor = this.#cursor;
    const args: number[] = [];
    while (!cursor.lookingAt(")") && !cursor.lookingAt(" <")) {
      args.push(this.#argument());
      if (!cursor.skip(", ")) break;
    }
    return args;
  }

  #argument(): number {
    const cursor = this.#cursor;
    const message = cursor.lookingAt("0x") &&
      cursor.match(ADDRESS_BEFORE_MESSAGE);
    return message ? Number(message[0]) : this.#number("an argument, a number");
  }

  #readReturn(name: string, thread: string): void {
    const call = this.#calls.close(thread, name);
    const place = this.#skipToResult();
    const result = this.#result();
    if (!call || call.inside || call.kind === CallKind.free) return;
    if (result !== 0) {
      requirePossible(this.#cursor, call.count * call.size, place);
    }
    this.#build(call, nullIfZero(result));
  }

  #result(): number {
    const cursor = this.#cursor;
    const result = cursor.skip("<void>") ? 0 : this.#number("a result");
    if (!cursor.match(TIME)) cursor.expectEnd();
    return result;
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

  /** Decimal, hexadecimal, NULL, or negative where ltrace knows no type. */
  #number(meaning: string): number {
    const cursor = this.#cursor;
    if (cursor.match(NULL)) return 0;
    if (cursor.skip("-")) return 2 ** 64 - cursor.integer(meaning);
    return cursor.lookingAt("0x")
      ? cursor.hexadecimal(meaning)
      : cursor.integer(meaning);
  }
}
