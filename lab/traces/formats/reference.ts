import { CallKind } from "../trace.ts";
import type { BlockName, TraceBuilder } from "../trace_builder.ts";
import { LineCursor } from "./line_cursor.ts";
import { requirePossible } from "./results.ts";
import type { LineParser, TraceFormat } from "./trace_format.ts";

/**
 * The reference traces of the `memory-allocator` assignment, as its checker
 * prints the calls of a program:
 *
 * ```text
 *   os_malloc (['SIZE'])            = BLOCK
 *   os_calloc (['COUNT', 'SIZE'])   = BLOCK
 *   os_realloc (['BLOCK', 'SIZE'])  = BLOCK
 *     brk (['HeapStart + 0x20030']) = HeapStart + 0x20030    a system call that
 *   os_free (['BLOCK'])             = <void>                 the call above made
 *   +++ exited (status 0) +++
 *
 *   BLOCK = HeapStart + 0x20 | <mapped-addr1> + 0x20 | 0
 * ```
 *
 * System calls are passed over: a replay makes its own. Pointers that are no
 * live block are counted, as in any recording, for some of the course's programs
 * use them on purpose. A line that is cut off is refused; the line about the exit
 * may be missing.
 */
export const reference: TraceFormat = {
  name: "reference",
  description: "the course's reference traces (.ref)",
  afterChatter: true,
  byHand: false,
  tellsProcesses: false,
  matches: (line) => /^os_(malloc|calloc|realloc|free) \(\[/.test(line),
  parser: (builder, { file }) => new ReferenceParser(file, builder),
};

const SYSTEM_CALL = /\s+\w+ \(\[.*\]\) += .+$/y;
const EXIT = /\+\+\+ .* \+\+\+$/y;
const PLACE = /(?:HeapStart|<mapped-addr\d+>)(?: \+ 0x[0-9a-f]+)?/y;
const BLOCK = "HeapStart + 0x…, <mapped-addr…> + 0x…, or 0";
const SIZE = "a size in bytes";

class ReferenceParser implements LineParser {
  readonly format = reference.name;
  readonly #cursor: LineCursor;
  readonly #builder: TraceBuilder;
  readonly #names = new Map<string, number>();

  constructor(file: string, builder: TraceBuilder) {
    this.#cursor = new LineCursor(file);
    this.#builder = builder;
  }

  read(text: string, line: number): void {
    const cursor = this.#cursor;
    cursor.open(text, line);
    if (cursor.atEnd || cursor.match(SYSTEM_CALL) || cursor.match(EXIT)) return;
    this.#readCall();
    cursor.expectEnd();
  }

  end(): void {}

  #readCall(): void {
    const cursor = this.#cursor;
    const name = cursor.word();
    if (name === "os_malloc") this.#readAllocation(CallKind.malloc);
    else if (name === "os_calloc") this.#readAllocation(CallKind.calloc);
    else if (name === "os_realloc") this.#readReallocation();
    else if (name === "os_free") this.#readFree();
    else cursor.fail("os_malloc, os_calloc, os_realloc or os_free", 0);
  }

  #readAllocation(kind: CallKind): void {
    const cursor = this.#cursor;
    cursor.expect(" (['");
    let count = 1;
    if (kind === CallKind.calloc) {
      count = cursor.integer("a number of elements");
      cursor.expect("', '");
    }
    const size = cursor.integer(SIZE);
    const result = this.#result(count * size);
    this.#builder.allocate({ kind, count, size }, result, cursor.line);
  }

  #readReallocation(): void {
    const cursor = this.#cursor;
    cursor.expect(" (['");
    const old = this.#block();
    cursor.expect("', '");
    const size = cursor.integer(SIZE);
    const result = this.#result(size);
    this.#builder.reallocate(old, size, result, cursor.line);
  }

  #readFree(): void {
    const cursor = this.#cursor;
    cursor.expect(" (['");
    const block = this.#block();
    this.#readEquals();
    cursor.expect("<void>");
    this.#builder.free(block, cursor.line);
  }

  #result(bytes: number): BlockName {
    this.#readEquals();
    const start = this.#cursor.position;
    const result = this.#block();
    if (result !== null) requirePossible(this.#cursor, bytes, start);
    return result;
  }

  #readEquals(): void {
    this.#cursor.expect("'])");
    this.#cursor.skipBlanks();
    this.#cursor.expect("= ");
  }

  #block(): BlockName {
    const cursor = this.#cursor;
    if (cursor.skip("0")) return null;
    const [place] = cursor.match(PLACE) ?? cursor.fail(BLOCK);
    const name = this.#names.get(place) ?? this.#names.size;
    this.#names.set(place, name);
    return name;
  }
}
