import { CallKind } from "../trace.ts";
import type { BlockName, TraceBuilder } from "../trace_builder.ts";
import { LineCursor } from "./line_cursor.ts";
import { type PendingCall, PendingCalls } from "./pending_calls.ts";
import { nullIfZero, requirePossible } from "./results.ts";
import type { LineParser, TraceFormat } from "./trace_format.ts";

/**
 * What `valgrind --trace-malloc=yes --log-file=FILE PROGRAM` writes, as of
 * valgrind 3.19:
 *
 * ```text
 *   --PID-- malloc(SIZE) = 0xRESULT           also calloc(COUNT,SIZE)
 *   --PID-- realloc(0xOLD,SIZE) = 0xRESULT
 *   --PID-- realloc(0x0,SIZE)malloc(SIZE) = 0xRESULT
 *   --PID-- realloc(0xOLD,0)free(0xOLD)
 *   --PID--  = 0                              the realloc's result
 *   --PID-- memalign(al ALIGN, size SIZE) = 0xRESULT
 *   --PID-- free(0xOLD)
 *   ==PID== anything                          not about calls
 * ```
 *
 * C++'s `operator new` and `delete` stand there by their linkage names
 * (`_Znwm`, `_ZdlPvm`, …) and count as `malloc` and `free`. A line that breaks
 * off inside a call is refused; a call without a result counts as one that did
 * not return.
 */
export const valgrind: TraceFormat = {
  name: "valgrind",
  description: "valgrind (--trace-malloc=yes)",
  afterChatter: true,
  matches: (line) => /^(==|--|\*\*)\d+\1( |$)/.test(line),
  parser: (file, builder) => new ValgrindParser(file, builder),
};

type Reader = "sized" | "counted" | "reallocation" | "release" | "query";

const READERS = new Map<string, Reader>([
  ["malloc", "sized"],
  ["memalign", "sized"],
  ["aligned_alloc", "sized"],
  ["posix_memalign", "sized"],
  ["calloc", "counted"],
  ["realloc", "reallocation"],
  ["free", "release"],
  ["cfree", "release"],
  ["malloc_usable_size", "query"],
]);
const CPP_READERS: readonly (readonly [RegExp, Reader])[] = [
  [/^_Zn[wa]/, "sized"],
  [/^_Zd[la]/, "release"],
];

const MARK = "valgrind's mark, --PID-- or ==PID== " +
  "(record with --log-file=FILE to keep the program's own output apart)";
const SIZE = "a size in bytes";
const ADDRESS = "an address, as in 0x4BAD040";

class ValgrindParser implements LineParser {
  readonly format = valgrind.name;
  readonly #cursor: LineCursor;
  readonly #builder: TraceBuilder;
  readonly #pending = new PendingCalls(() => this.#builder.fail());
  #process: number | undefined;

  constructor(file: string, builder: TraceBuilder) {
    this.#cursor = new LineCursor(file);
    this.#builder = builder;
  }

  read(text: string, line: number): void {
    const cursor = this.#cursor;
    cursor.open(text, line);
    if (cursor.atEnd || cursor.skip("==") || cursor.skip("**")) return;
    const process = this.#readMark();
    if (!this.#lookingAtCall()) return;
    this.#requireOneProcess(process);
    while (!cursor.atEnd && !this.#lookingAtRemark()) {
      if (cursor.skip(" = ")) this.#readResult();
      else this.#readCall();
    }
  }

  end(): void {
    this.#pending.end();
  }

  #readMark(): number {
    const cursor = this.#cursor;
    if (!cursor.skip("--")) cursor.fail(MARK);
    const process = cursor.integer("a process number");
    cursor.expect("-- ");
    return process;
  }

  /**
   * `--PID--` also begins messages of valgrind's own, with `-v`. A call that is
   * cut short, or lacks its parenthesis, is none of them.
   */
  #lookingAtCall(): boolean {
    const cursor = this.#cursor;
    if (cursor.lookingAt(" = ")) return true;
    const start = cursor.position;
    const name = cursor.word();
    const isCall = name !== "" && cursor.lookingAt("(") ||
      readerOf(name) !== undefined || cursor.atEnd && beginsName(name);
    cursor.position = start;
    return isCall;
  }

  /** Memcheck's remark on a size that is negative if it is taken as signed. */
  #lookingAtRemark(): boolean {
    return this.#cursor.lookingAt("Argument '");
  }

  /** Addresses of different processes have nothing to do with each other. */
  #requireOneProcess(process: number): void {
    this.#process ??= process;
    if (process === this.#process) return;
    this.#cursor.fail(
      `a call of process ${this.#process}, as before ` +
        "(record with --log-file=FILE.%p to give each process its own file)",
      0,
    );
  }

  #readCall(): void {
    const cursor = this.#cursor;
    const start = cursor.position;
    const reader = readerOf(cursor.word()) ??
      cursor.fail("one of malloc's family, or a result", start);
    cursor.expect("(");
    this.#readArguments(reader);
    cursor.expect(")");
  }

  #readArguments(reader: Reader): void {
    switch (reader) {
      case "sized":
        return this.#readSized();
      case "counted":
        return this.#readCounted();
      case "reallocation":
        return this.#readReallocation();
      case "release":
        return this.#readRelease();
      case "query":
        this.#cursor.hexadecimal(ADDRESS);
        return this.#open({ kind: undefined });
    }
  }

  #readSized(): void {
    const cursor = this.#cursor;
    if (cursor.lookingAtDigit) {
      this.#open({ kind: CallKind.malloc, size: cursor.integer(SIZE) });
    } else {
      this.#open({ kind: CallKind.memalign, size: this.#labelledSize() });
    }
  }

  /** `al ALIGN, size SIZE`, in either order. */
  #labelledSize(): number {
    const cursor = this.#cursor;
    let size: number | undefined;
    do {
      if (cursor.skip("size ")) size = cursor.integer(SIZE);
      else if (cursor.skip("al ")) cursor.integer("an alignment in bytes");
      else cursor.fail(SIZE);
    } while (cursor.skip(", "));
    return size ?? cursor.fail(`, size and ${SIZE}`);
  }

  #readCounted(): void {
    const cursor = this.#cursor;
    const count = cursor.integer("a number of elements");
    cursor.expect(",");
    const size = cursor.integer(SIZE);
    if (count > 1 && count * size >= 2 ** 64) return this.#builder.fail(); // no result is printed
    this.#open({ kind: CallKind.calloc, count, size });
  }

  #readReallocation(): void {
    const cursor = this.#cursor;
    const old = cursor.hexadecimal(ADDRESS);
    cursor.expect(",");
    const size = cursor.integer(SIZE);
    this.#open({ kind: CallKind.realloc, old, size });
  }

  #readRelease(): void {
    const address = this.#cursor.hexadecimal(ADDRESS);
    if (this.#pending.isFreedByRealloc(address)) return;
    this.#builder.free(nullIfZero(address), this.#cursor.line);
  }

  #open(call: Partial<PendingCall> & Pick<PendingCall, "kind">): void {
    const { line } = this.#cursor;
    this.#pending.open({ count: 1, size: 0, old: 0, line, ...call });
  }

  #readResult(): void {
    const cursor = this.#cursor;
    const start = cursor.position;
    const result = cursor.lookingAt("0x")
      ? cursor.hexadecimal(ADDRESS)
      : cursor.integer(ADDRESS);
    const call = this.#pending.close() ??
      cursor.fail("a call before its result", start);
    if (result !== 0) requirePossible(cursor, call.count * call.size, start);
    this.#build(call, nullIfZero(result));
  }

  #build(call: PendingCall, result: BlockName): void {
    const { kind, count, size, old, line } = call;
    if (kind === undefined) return;
    if (kind === CallKind.realloc) {
      this.#builder.reallocate(nullIfZero(old), size, result, line);
    } else {
      this.#builder.allocate({ kind, count, size }, result, line);
    }
  }
}

function readerOf(name: string): Reader | undefined {
  return READERS.get(name) ??
    CPP_READERS.find(([pattern]) => pattern.test(name))?.[1];
}

/** Whether a line that ends here may have been cut off inside a call's name. */
function beginsName(text: string): boolean {
  return text !== "" &&
    READERS.keys().some((name) => name.startsWith(text));
}
