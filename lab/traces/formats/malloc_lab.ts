import { formatCount } from "../../words.ts";
import { CallKind } from "../trace.ts";
import type { TraceBuilder } from "../trace_builder.ts";
import { LineCursor } from "./line_cursor.ts";
import type {
  LineParser,
  ParsingOptions,
  TraceFormat,
} from "./trace_format.ts";

/**
 * The malloc lab's `.rep` files: a header of numbers, then one operation a line.
 *
 * ```text
 *   2002 header         2016 header         operations
 *   suggested heap size weight              a ID BYTES         malloc
 *   number of ids       number of ids       c ID COUNT BYTES   calloc; c ID BYTES
 *   number of ops       number of ops       r ID BYTES         realloc
 *   weight              ignore ranges       f ID               free; -1 is NULL
 *                                           w ID BYTES         the program writes
 * ```
 *
 * The two headers differ in what the first and last number mean, which a replay
 * does not need. A weight is at most 3; no heap is that small. A header of two numbers
 * has those of ids and operations. Some files have no header. A comment begins with `#`,
 * `;`, `%` or `//`. Ctrl-Z ends a file of DOS.
 *
 * `w` is no call of the allocator, and neither is `c` with an id that is allocated, or
 * alone: the program checks its blocks.
 *
 * A free of an id that is not allocated is left out and counted, as in a recording. The
 * course's drivers stop at the header's number of operations, and so does a replay.
 */
export const mallocLab: TraceFormat = {
  name: "rep",
  description: "malloc lab (.rep)",
  afterChatter: false,
  byHand: false,
  tellsProcesses: false,
  matches: (line) => LINE.test(withoutComment(line)),
  parser: (builder, options) => new MallocLabParser(builder, options),
};

const HEADER = [
  "a suggested heap size (or a weight)",
  "a number of ids",
  "a number of operations",
  "a weight (or whether to ignore ranges)",
] as const;
const GREATEST_WEIGHT = 3;
const OPERATION = 'an operation, "a", "r", "f", "c" or "w"';
const LINE = /^\s*(\d+(\s+\d+)*|[afrwc](\s+-?\d+){1,3})\s*$/;

/** What ends a file of DOS: Ctrl-Z. */
const END_OF_FILE = "\x1a";
const COMMENT = /[#;%]|\/\//;

class MallocLabParser implements LineParser {
  readonly #cursor: LineCursor;
  readonly #builder: TraceBuilder;
  readonly #strict: boolean;
  readonly #header: number[] = [];
  /** Whether an operation was read: the header is over. */
  #inOperations = false;
  #isOver = false;
  #operations = 0;
  /** Writes and checks. Some headers count them. */
  #otherOperations = 0;
  #idsBeyond = 0;

  constructor(builder: TraceBuilder, { file, strict }: ParsingOptions) {
    this.#cursor = new LineCursor(file);
    this.#builder = builder;
    this.#strict = strict;
  }

  get format(): string {
    const [first = 0] = this.#header;
    const count = this.#header.length;
    if (count === 0) return "malloc lab, no header";
    if (count < HEADER.length) return `malloc lab, header of ${count} numbers`;
    return `malloc lab, ${first <= GREATEST_WEIGHT ? 2016 : 2002} header`;
  }

  read(text: string, line: number): void {
    if (this.#isOver) return;
    const cursor = this.#cursor;
    cursor.open(withoutComment(text), line);
    this.#isOver = text.includes(END_OF_FILE);
    cursor.skipBlanks();
    while (!cursor.atEnd) {
      if (!this.#inOperations && cursor.lookingAtDigit) {
        this.#readHeaderNumber();
      } else this.#readOperation();
      cursor.skipBlanks();
    }
  }

  end(lines: number): void {
    const cursor = this.#cursor;
    cursor.open("", lines + 1);
    const meaning = HEADER[this.#header.length];
    if (!this.#inOperations && meaning) cursor.fail(meaning);
    const declared = this.#declaredOperations;
    const most = this.#operations + this.#otherOperations;
    if (declared !== undefined && most < declared) {
      const problem = `the header says ${declared}, here are ${most}`;
      if (this.#strict) cursor.fail(`an operation: ${problem}`);
      this.#builder.remark(
        `there are fewer operations than expected: ${problem}`,
      );
    }
    if (this.#idsBeyond > 0) {
      this.#builder.remark(
        `operations on ids beyond the header's number of ids, ${this.#declaredIds}: ` +
          formatCount(this.#idsBeyond),
      );
    }
  }

  get #declaredIds(): number {
    const { length } = this.#header;
    const ids = this.#header[length === 2 ? 0 : 1];
    return length < 2 || ids === undefined ? Infinity : ids;
  }

  get #declaredOperations(): number | undefined {
    return this.#header.length === 2 ? this.#header[1] : this.#header[2];
  }

  #readHeaderNumber(): void {
    const meaning = HEADER[this.#header.length] ?? this.#cursor.fail(OPERATION);
    this.#header.push(this.#number(meaning));
  }

  #readOperation(): void {
    const cursor = this.#cursor;
    const start = cursor.position;
    if (this.#header.length === 1) cursor.fail(HEADER[1]);
    const operation = cursor.word();
    if (operation !== "") this.#requireBlank("an operation");
    if (!/^[arfcw]$/.test(operation)) {
      const isFirst = this.#header.length === 0 && !this.#inOperations;
      cursor.fail(isFirst ? `${HEADER[0]}, or ${OPERATION}` : OPERATION, start);
    }
    this.#inOperations = true;
    const args = this.#arguments(operation);
    const isCall = operation !== "w" &&
      (operation !== "c" || this.#isCalloc(args));
    if (!isCall) this.#otherOperations++;
    else if (this.#operations === this.#declaredOperations) {
      this.#leaveOut(start);
    } else {
      this.#operations++;
      this.#call(operation, args);
    }
  }

  /** The id of `free(NULL)` is -1. */
  #arguments(operation: string): number[] {
    const cursor = this.#cursor;
    const args: number[] = [];
    cursor.skipBlanks();
    if (operation !== "c" || !cursor.atEnd) args.push(this.#id(operation));
    const most = operation === "f" ? 1 : operation === "c" ? 3 : 2;
    const least = operation === "a" || operation === "r" ? 2 : args.length;
    cursor.skipBlanks();
    while (args.length < most && (!cursor.atEnd || args.length < least)) {
      args.push(this.#number("a size in bytes"));
      cursor.skipBlanks();
    }
    cursor.expectEnd();
    return args;
  }

  /** `c ID …` allocates, unless the block is there already. */
  #isCalloc([id, ...sizes]: readonly number[]): boolean {
    return id !== undefined && sizes.length > 0 && !this.#builder.isLive(id);
  }

  #call(operation: string, args: readonly number[]): void {
    const [id = 0, ...sizes] = args;
    const { line } = this.#cursor;
    const size = sizes.at(-1) ?? 0;
    const count = sizes.length > 1 ? sizes[0]! : 1;
    const builder = this.#builder;
    if (operation === "f") return builder.free(id === -1 ? null : id, line);
    if (operation === "r") {
      return builder.reallocate(builder.isLive(id) ? id : null, size, id, line);
    }
    const kind = operation === "c" ? CallKind.calloc : CallKind.malloc;
    builder.allocate({ kind, count, size }, id, line);
  }

  #leaveOut(start: number): void {
    if (this.#strict) {
      this.#cursor.fail(
        `the end: the header says that ${this.#operations} is the number of operations`,
        start,
      );
    }
    this.#builder.leaveOut();
  }

  #id(operation: string): number {
    const cursor = this.#cursor;
    if (operation === "f" && cursor.skip("-1")) {
      this.#requireBlank("an id");
      return -1;
    }
    const start = cursor.position;
    const id = this.#number("an id");
    if (id >= this.#declaredIds) {
      if (this.#strict) {
        cursor.fail(
          `an id below ${this.#declaredIds}, the header's number of ids`,
          start,
        );
      }
      this.#idsBeyond++;
    }
    return id;
  }

  #number(meaning: string): number {
    const cursor = this.#cursor;
    cursor.skipBlanks();
    const start = cursor.position;
    const value = cursor.integer(meaning);
    if (!Number.isSafeInteger(value)) {
      cursor.fail(`${meaning} below 2^53`, start);
    }
    this.#requireBlank(meaning);
    return value;
  }

  /** Nothing but blanks separates what stands in a line. */
  #requireBlank(meaning: string): void {
    const cursor = this.#cursor;
    if (!cursor.atEnd && !cursor.lookingAt(" ") && !cursor.lookingAt("\t")) {
      cursor.fail(`a blank after ${meaning}`);
    }
  }
}

/** What stands in a line before a comment, and before the end of the file. */
function withoutComment(text: string): string {
  const end = text.indexOf(END_OF_FILE);
  const line = end === -1 ? text : text.slice(0, end);
  const comment = line.search(COMMENT);
  return comment === -1 ? line : line.slice(0, comment);
}
