import { CallKind } from "../trace.ts";
import type { TraceBuilder } from "../trace_builder.ts";
import { LineCursor } from "./line_cursor.ts";
import { type PendingCall, PendingCalls } from "./pending_calls.ts";
import { ProcessTally } from "./process_tally.ts";
import { nullIfZero, requirePossible } from "./results.ts";
import type {
  LineParser,
  ParsingOptions,
  TraceFormat,
} from "./trace_format.ts";
import {
  type ArgumentReader,
  beginsName,
  readerOf,
} from "./valgrind_functions.ts";

/**
 * What `valgrind --trace-malloc=yes --log-file=FILE PROGRAM` writes, as of
 * valgrind 3.16 to 3.27:
 *
 * ```text
 *   --PID-- malloc(SIZE) = 0xRESULT           also calloc(COUNT,SIZE)
 *   --PID-- realloc(0xOLD,SIZE) = 0xRESULT
 *   --PID-- realloc(0x0,SIZE)malloc(SIZE) = 0xRESULT
 *   --PID-- realloc(0xOLD,0)free(0xOLD)       its result is in a later line
 *   --PID--  = 0xRESULT                       the result of the call begun last
 *   --PID-- malloc(SIZE)REMARK                its result is in a later line
 *   --PID-- calloc(COUNT,SIZE)                too large a product: no result, or 0x0
 *   --PID-- reallocarray(0xOLD,COUNT,SIZE) = 0xRESULT
 *   --PID--  = 0xRESULT                       the same again, from 3.24 on
 *   --PID-- memalign(al ALIGN, size SIZE) = 0xRESULT     from 3.27 on (ALIGN, SIZE)
 *   --PID-- free(0xOLD)
 *   ==PID== anything                          not about calls
 *   --HH:MM:SS:MMM PID-- …                    with --time-stamp=yes
 * ```
 *
 * C++'s `operator new` and `delete` stand there by their linkage names
 * (`_Znwm`, `_ZdlPvm`, …) and count as `malloc` and `free`. `valloc` and `pvalloc` print
 * only their results, so that their sizes are not known. What stands between a call and
 * its result is kept as a note. A line that breaks off inside a call is not understood;
 * a call without a result counts as one that did not return.
 */
export const valgrind: TraceFormat = {
  name: "valgrind",
  description: "valgrind (--trace-malloc=yes)",
  afterChatter: true,
  byHand: false,
  tellsProcesses: true,
  matches: (line) =>
    /^\0*(==|--|\*\*)(\d\d:\d\d:\d\d:\d\d\.\d+ )?\d+\1( |$)/.test(line),
  parser: (builder, options) => new ValgrindParser(builder, options),
};

const MARK_PATTERN =
  /(--|==|\*\*)(?:\d\d:\d\d:\d\d:\d\d\.\d+ )?(\d+)\1(?: |$)/y;

/** A mark after something that the program printed. */
const LATER_MARK = /--(?:\d\d:\d\d:\d\d:\d\d\.\d+ )?\d+-- /;

/** What valgrind prints without its mark, with `--trace-syscalls=yes` and `-v -v`. */
const UNMARKED =
  /^(SYSCALL\[|client request: | *--> \[|0x[0-9a-f]+: \[\d+\]=)/i;

/** A call with its result; other words before a parenthesis are messages of valgrind. */
const WHOLE_CALL = /\w*\([^()]*\) = /y;

/** What every process does at its end, some eighty times. */
const FREE_NULL = "(0x0)";

const MARK = "valgrind's mark, --PID-- or ==PID== " +
  "(record with --log-file=FILE to keep the program's own output apart)";
const CALL = "one of malloc's family, or a result";
const SIZE = "a size in bytes";
const COUNT = "a number of elements";
const ADDRESS = "an address, as in 0x4BAD040";

type WaitingCall = { -readonly [Name in keyof PendingCall]: PendingCall[Name] };

class ValgrindParser implements LineParser {
  readonly format = valgrind.name;
  readonly #cursor: LineCursor;
  readonly #builder: TraceBuilder;
  readonly #pending = new PendingCalls(() => this.#builder.fail());
  readonly #processes: ProcessTally;
  /** The mark of the process that is read, as most lines begin. */
  #mark = "";
  #chosen = 0;
  /** The process of the line. */
  #process = 0;
  /** The call that is being read. */
  readonly #call: WaitingCall = {
    kind: undefined,
    count: 1,
    size: 0,
    old: 0,
    line: 0,
    isFailed: false,
    isRepeated: false,
  };
  /** Where the result that was read last begins. */
  #resultStart = 0;
  /** The result of a `reallocarray` that is to come once more. */
  #repeated: number | undefined;

  constructor(builder: TraceBuilder, options: ParsingOptions) {
    this.#cursor = new LineCursor(options.file);
    this.#builder = builder;
    this.#processes = new ProcessTally(
      options,
      builder,
      "with --log-file=FILE.%p, so that each process has its own file",
    );
  }

  read(text: string, line: number): void {
    const cursor = this.#cursor;
    cursor.open(text, line);
    if (this.#mark !== "" && cursor.skip(this.#mark)) {
      this.#process = this.#chosen;
      this.#readMarked(text);
    } else if (!cursor.atEnd && this.#readMark(text)) this.#readMarked(text);
  }

  end(): void {
    this.#processes.end();
    this.#pending.end();
  }

  /** Reads a mark, and says whether a call may follow. */
  #readMark(text: string): boolean {
    const cursor = this.#cursor;
    const [mark, kind, process] = cursor.match(MARK_PATTERN) ??
      this.#readLaterMark(text);
    if (mark === undefined) return false;
    this.#process = Number(process);
    if (kind !== "--") {
      if (kind === "==") this.#note(text.slice(mark.length));
      return false;
    }
    return true;
  }

  /** The program's own output may stand before a mark, and a hole in the file. */
  #readLaterMark(text: string): readonly (string | undefined)[] {
    if (UNMARKED.test(text)) return [];
    const cursor = this.#cursor;
    const later = LATER_MARK.exec(text) ?? cursor.fail(MARK);
    cursor.position = later.index;
    return cursor.match(MARK_PATTERN) ?? [];
  }

  #readMarked(text: string): void {
    const cursor = this.#cursor;
    const start = cursor.position;
    const name = cursor.word();
    const reader = name === "" ? undefined : readerOf(name);
    const isResult = name === "" && cursor.lookingAt(" = ");
    if (!isResult) {
      if (reader === undefined) return this.#requireMessage(name, start);
      if (cursor.lookingAt("() with")) return; // "realloc() with size 0"
      if (reader === "release" && cursor.lookingAt(FREE_NULL)) {
        return this.#processes.freeNull(this.#process, cursor.line);
      }
      this.#processes.add(this.#process);
    }
    if (!this.#processes.isChosen(this.#process)) return;
    if (this.#mark.length !== start) {
      this.#mark = text.slice(0, start);
      this.#chosen = this.#process;
    }
    const waiting = this.#pending.length;
    try {
      if (reader !== undefined) this.#readFirstCall(reader);
      this.#readCalls();
    } catch (error) {
      this.#pending.truncate(waiting);
      throw error;
    }
  }

  /**
   * `--PID--` also begins messages of valgrind's own, with `-v`. The call of another
   * function, and a line that is cut off inside a name, is none of them.
   */
  #requireMessage(name: string, start: number): void {
    const cursor = this.#cursor;
    const isCut = cursor.atEnd && beginsName(name);
    cursor.position = start;
    if (isCut || cursor.match(WHOLE_CALL)) cursor.fail(CALL, start);
  }

  /** Most calls stand in a line with their results, and wait for nothing. */
  #readFirstCall(reader: ArgumentReader): void {
    const cursor = this.#cursor;
    cursor.expect("(");
    if (!this.#readArguments(reader)) return;
    if (!cursor.skip(" = ")) return this.#open();
    const result = this.#result();
    if (this.#pending.length > 0) this.#pending.dropFailed();
    this.#build(this.#call, result);
  }

  #readCalls(): void {
    const cursor = this.#cursor;
    while (!cursor.atEnd) {
      if (cursor.skip(" = ")) this.#readResult();
      else if (this.#lookingAtRemark()) return this.#note(cursor.rest);
      else this.#readCall();
    }
  }

  /** After a call, all but its result and another call is a remark. */
  #lookingAtRemark(): boolean {
    const cursor = this.#cursor;
    const start = cursor.position;
    const isCall = readerOf(cursor.word()) !== undefined &&
      cursor.skip("(") && !cursor.lookingAt(")");
    cursor.position = start;
    return !isCall;
  }

  #note(text: string): void {
    const call = this.#pending.latest;
    if (call === undefined || !this.#processes.isChosen(this.#process)) return;
    const note = text.trim();
    if (note !== "") this.#builder.note(call.line, note);
  }

  #readCall(): void {
    const cursor = this.#cursor;
    const start = cursor.position;
    const reader = readerOf(cursor.word()) ?? cursor.fail(CALL, start);
    cursor.expect("(");
    if (this.#readArguments(reader)) this.#open();
  }

  /** Reads arguments into the call, and says whether a result is to come. */
  #readArguments(reader: ArgumentReader): boolean {
    const call = this.#call;
    call.kind = CallKind.malloc;
    call.count = 1;
    call.size = 0;
    call.old = 0;
    call.line = this.#cursor.line;
    call.isFailed = false;
    call.isRepeated = false;
    switch (reader) {
      case "sized":
        call.size = this.#cursor.integer(SIZE);
        break;
      case "aligned":
      case "alignedNew":
        this.#readAligned(call, reader === "alignedNew");
        break;
      case "counted":
        this.#readCounted(call);
        break;
      case "reallocation":
        this.#readReallocation(call);
        break;
      case "array":
        this.#readArray(call);
        break;
      case "release":
        return this.#readRelease();
      case "question":
        call.kind = undefined;
        this.#cursor.hexadecimal(ADDRESS);
        break;
      case "report":
        this.#cursor.expect(")");
        return false;
    }
    this.#cursor.expect(")");
    return true;
  }

  /** Numbers with labels, or without: the size is the last one, or with `new` the first. */
  #readAligned(call: WaitingCall, isNew: boolean): void {
    const cursor = this.#cursor;
    call.kind = CallKind.memalign;
    let first: number | undefined;
    let last: number | undefined;
    let size: number | undefined;
    do {
      if (cursor.skip("al ")) {
        cursor.integer("an alignment in bytes");
        continue;
      }
      const isSize = cursor.skip("size ");
      last = cursor.lookingAt("0x")
        ? cursor.hexadecimal(ADDRESS)
        : cursor.integer(SIZE);
      first ??= last;
      if (isSize) size = last;
    } while (cursor.skip(", "));
    call.size = size ?? (isNew ? first : last) ??
      cursor.fail(`, size and ${SIZE}`);
  }

  #readCounted(call: WaitingCall): void {
    const cursor = this.#cursor;
    call.kind = CallKind.calloc;
    call.count = cursor.integer(COUNT);
    cursor.expect(",");
    call.size = cursor.integer(SIZE);
    call.isFailed = overflows(call);
  }

  #readReallocation(call: WaitingCall): void {
    const cursor = this.#cursor;
    call.kind = CallKind.realloc;
    call.old = cursor.hexadecimal(ADDRESS);
    cursor.expect(",");
    call.size = cursor.integer(SIZE);
  }

  #readArray(call: WaitingCall): void {
    const cursor = this.#cursor;
    call.kind = CallKind.realloc;
    call.old = cursor.hexadecimal(ADDRESS);
    cursor.expect(",");
    call.count = cursor.integer(COUNT);
    cursor.expect(",");
    call.size = cursor.integer(SIZE);
    call.isFailed = overflows(call);
    call.isRepeated = !call.isFailed;
  }

  /** A size and an alignment may follow. */
  #readRelease(): false {
    const cursor = this.#cursor;
    const address = cursor.hexadecimal(ADDRESS);
    while (cursor.skip(", ")) {
      if (!cursor.skip("size ")) cursor.skip("al ");
      cursor.integer("a size or an alignment in bytes");
    }
    cursor.expect(")");
    if (!this.#pending.isFreedByRealloc(address)) {
      this.#builder.free(nullIfZero(address), cursor.line);
    }
    return false;
  }

  /** The call waits for its result. */
  #open(): void {
    if (this.#call.isFailed) this.#builder.fail();
    this.#repeated = undefined;
    this.#pending.open({ ...this.#call });
  }

  #readResult(): void {
    const result = this.#result();
    if (result === this.#repeated) {
      this.#repeated = undefined;
      return;
    }
    const call = this.#pending.close(result);
    if (call === undefined) this.#readLoneResult(result);
    else if (!call.isFailed) this.#build(call, result);
  }

  #result(): number {
    const cursor = this.#cursor;
    this.#resultStart = cursor.position;
    const result = cursor.lookingAt("0x")
      ? cursor.hexadecimal(ADDRESS)
      : cursor.integer(ADDRESS);
    cursor.expectEnd();
    return result;
  }

  /** `valloc` prints its result alone; other results may be repeated. */
  #readLoneResult(result: number): void {
    if (result === 0) this.#builder.fail();
    else if (!this.#builder.isLive(result)) {
      this.#builder.handOut(result, this.#cursor.line);
    }
  }

  #build(call: PendingCall, result: number): void {
    const { kind, count, size, old, line } = call;
    this.#repeated = call.isRepeated ? result : undefined;
    if (kind === undefined) return;
    if (result !== 0) {
      requirePossible(this.#cursor, count * size, this.#resultStart);
    }
    const block = nullIfZero(result);
    if (kind === CallKind.realloc) {
      this.#builder.reallocate(nullIfZero(old), count * size, block, line);
    } else {
      this.#builder.allocate({ kind, count, size }, block, line);
    }
  }
}

/** Whether a product is more than a `size_t` holds. */
function overflows({ count, size }: PendingCall): boolean {
  return count > 1 && count * size >= 2 ** 64;
}
