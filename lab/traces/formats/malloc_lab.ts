import { CallKind } from "../trace.ts";
import type { TraceBuilder } from "../trace_builder.ts";
import { LineCursor } from "./line_cursor.ts";
import type { LineParser, TraceFormat } from "./trace_format.ts";

/**
 * The malloc lab's `.rep` files: four numbers, then one operation a line.
 *
 * ```text
 *   2002 header         2016 header         operations
 *   suggested heap size weight              a ID BYTES    malloc
 *   number of ids       number of ids       r ID BYTES    realloc
 *   number of ops       number of ops       f ID          free; -1 is NULL
 *   weight              ignore ranges
 * ```
 *
 * The two headers differ in what the first and last number mean, which a replay
 * does not need. A weight is at most 3; no heap is that small.
 *
 * A free of an id that is not allocated is left out and counted, as in a
 * recording. The header tells whether the file is whole.
 */
export const mallocLab: TraceFormat = {
  name: "rep",
  description: "malloc lab (.rep)",
  afterChatter: false,
  matches: (line) => /^\s*\d+(\s|$)/.test(line),
  parser: (file, builder) => new MallocLabParser(file, builder),
};

const HEADER = [
  "a suggested heap size (or a weight)",
  "a number of ids",
  "a number of operations",
  "a weight (or whether to ignore ranges)",
] as const;
const GREATEST_WEIGHT = 3;

class MallocLabParser implements LineParser {
  readonly #cursor: LineCursor;
  readonly #builder: TraceBuilder;
  readonly #header: number[] = [];
  #operations = 0;

  constructor(file: string, builder: TraceBuilder) {
    this.#cursor = new LineCursor(file);
    this.#builder = builder;
  }

  get format(): string {
    const [first = 0] = this.#header;
    return `malloc lab, ${first <= GREATEST_WEIGHT ? 2016 : 2002} header`;
  }

  read(text: string, line: number): void {
    const cursor = this.#cursor;
    cursor.open(text, line);
    cursor.skipBlanks();
    while (!cursor.atEnd) {
      if (this.#header.length < HEADER.length) this.#readHeaderNumber();
      else this.#readOperation();
      cursor.skipBlanks();
    }
  }

  end(lines: number): void {
    this.#cursor.open("", lines + 1);
    const meaning = HEADER[this.#header.length];
    if (meaning) this.#cursor.fail(meaning);
    if (this.#operations < this.#declaredOperations) {
      this.#cursor.fail(
        `an operation: the header says ${this.#declaredOperations}, here are ${this.#operations}`,
      );
    }
  }

  get #declaredIds(): number {
    return this.#header[1] ?? 0;
  }

  get #declaredOperations(): number {
    return this.#header[2] ?? 0;
  }

  #readHeaderNumber(): void {
    this.#header.push(this.#number(HEADER[this.#header.length] as string));
  }

  #readOperation(): void {
    const cursor = this.#cursor;
    if (this.#operations === this.#declaredOperations) {
      cursor.fail(
        `the end: the header says that ${this.#operations} is the number of operations`,
      );
    }
    const start = cursor.position;
    const operation = cursor.word();
    this.#requireBlank("an operation");
    if (operation === "a") this.#readAllocation();
    else if (operation === "r") this.#readReallocation();
    else if (operation === "f") this.#readFree();
    else cursor.fail('an operation, "a", "r" or "f"', start);
    cursor.skipBlanks();
    cursor.expectEnd();
    this.#operations++;
  }

  #readAllocation(): void {
    const id = this.#id();
    const size = this.#number("a size in bytes");
    const call = { kind: CallKind.malloc, count: 1, size };
    this.#builder.allocate(call, id, this.#cursor.line);
  }

  #readReallocation(): void {
    const id = this.#id();
    const size = this.#number("a size in bytes");
    const old = this.#builder.isLive(id) ? id : null;
    this.#builder.reallocate(old, size, id, this.#cursor.line);
  }

  #readFree(): void {
    this.#cursor.skipBlanks();
    const id = this.#cursor.skip("-1") ? null : this.#id();
    this.#builder.free(id, this.#cursor.line);
  }

  #id(): number {
    const cursor = this.#cursor;
    cursor.skipBlanks();
    const start = cursor.position;
    const id = this.#number("an id");
    if (id >= this.#declaredIds) {
      cursor.fail(
        `an id below ${this.#declaredIds}, the header's number of ids`,
        start,
      );
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
