import { CallKind } from "../trace.ts";
import type { TraceBuilder } from "../trace_builder.ts";
import { LineCursor } from "./line_cursor.ts";
import type { LineParser, TraceFormat } from "./trace_format.ts";

/**
 * The operations that the allocator simulator of the book "Operating Systems:
 * Three Easy Pieces" takes:
 *
 * ```text
 *   operations = operation { separator operation }
 *   separator  = ","  or the end of a line
 *   operation  = "+" SIZE     malloc
 *              | "-" INDEX    free
 *
 *   +10,+20,-0,+30            the index counts every + from 0:
 *   0   1      2              -0 frees the 10 bytes
 * ```
 *
 * Blanks may stand anywhere between. They are written by hand, so that a free of
 * what was never allocated, or was freed before, is an error. A comma at the
 * end means that something is missing.
 */
export const ostep: TraceFormat = {
  name: "ostep",
  description: "OSTEP's operations (+10,-0)",
  afterChatter: false,
  byHand: true,
  tellsProcesses: false,
  matches: (line) => /^\s*[-+][ \t]*\d+\s*([-+,]|$)/.test(line),
  parser: (builder, { file }) => new OstepParser(file, builder),
};

class OstepParser implements LineParser {
  readonly format = ostep.name;
  readonly #cursor: LineCursor;
  readonly #builder: TraceBuilder;
  #allocations = 0;
  #wantsOperation = true;

  constructor(file: string, builder: TraceBuilder) {
    this.#cursor = new LineCursor(file);
    this.#builder = builder;
  }

  read(text: string, line: number): void {
    const cursor = this.#cursor;
    cursor.open(text, line);
    cursor.skipBlanks();
    if (cursor.atEnd) return;
    if (!this.#wantsOperation) this.#skipComma();
    while (!cursor.atEnd) {
      this.#readOperation();
      cursor.skipBlanks();
      if (!cursor.atEnd && !this.#skipComma()) cursor.fail('","');
    }
  }

  end(lines: number): void {
    this.#cursor.open("", lines + 1);
    if (this.#wantsOperation) this.#cursor.fail("an operation after the comma");
  }

  #skipComma(): boolean {
    this.#wantsOperation = this.#cursor.skip(",");
    this.#cursor.skipBlanks();
    return this.#wantsOperation;
  }

  #readOperation(): void {
    const cursor = this.#cursor;
    if (cursor.skip("+")) this.#readAllocation();
    else if (cursor.skip("-")) this.#readFree();
    else cursor.fail('an operation, "+SIZE" or "-INDEX"');
    this.#wantsOperation = false;
  }

  #readAllocation(): void {
    const cursor = this.#cursor;
    cursor.skipBlanks();
    const start = cursor.position;
    const size = cursor.integer("a size in bytes");
    if (!Number.isSafeInteger(size)) {
      cursor.fail("a size in bytes below 2^53", start);
    }
    const call = { kind: CallKind.malloc, count: 1, size };
    this.#builder.allocate(call, this.#allocations++, cursor.line);
  }

  #readFree(): void {
    const cursor = this.#cursor;
    cursor.skipBlanks();
    const start = cursor.position;
    const index = cursor.integer("the index of an allocation");
    if (index >= this.#allocations) {
      cursor.fail(
        `an index below ${this.#allocations}, the number of allocations so far`,
        start,
      );
    }
    if (!this.#builder.isLive(index)) {
      cursor.fail("the index of an allocation that is not freed yet", start);
    }
    this.#builder.free(index, cursor.line);
  }
}
