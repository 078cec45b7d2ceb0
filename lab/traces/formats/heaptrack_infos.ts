import { TABLE_LIMITS } from "../limits.ts";
import { CallKind } from "../trace.ts";
import type { TraceBuilder } from "../trace_builder.ts";
import { TraceError } from "../trace_error.ts";
import type { LineCursor } from "./line_cursor.ts";

/** Blocks of one size, allocated in one place. */
interface HeaptrackInfo {
  readonly size: number;
  /** The names of those that are live, the latest last. */
  readonly live: number[];
}

/** The definitions of an interpreted heaptrack file, and the blocks that belong to them. */
export class HeaptrackInfos {
  readonly #file: string;
  readonly #builder: TraceBuilder;
  readonly #infos: HeaptrackInfo[] = [];
  #allocations = 0;
  /** Frees that could be of another block than the one that was taken. */
  #guesses = 0;

  /**
   * @param file The name of the file, for messages.
   * @param builder Receives the calls.
   */
  constructor(file: string, builder: TraceBuilder) {
    this.#file = file;
    this.#builder = builder;
  }

  /**
   * A definition: the next number is of blocks of this size.
   *
   * @throws {TraceError} If there are too many.
   */
  add(size: number, line: number): void {
    if (this.#infos.length === TABLE_LIMITS.liveBlocks) {
      throw new TraceError(
        { file: this.#file, line },
        "defines more kinds of blocks than a trace holds; give a shorter recording",
      );
    }
    this.#infos.push({ size, live: [] });
  }

  /** An allocation, whose number was just read. */
  allocate(cursor: LineCursor): void {
    const { size, live } = this.#find(cursor);
    const name = this.#allocations++;
    const call = { kind: CallKind.malloc, count: 1, size };
    this.#builder.allocate(call, name, cursor.line);
    live.push(name);
  }

  /** A free, whose number was just read. */
  free(cursor: LineCursor): void {
    const { live } = this.#find(cursor);
    if (live.length > 1) this.#guesses++;
    this.#builder.free(live.pop() ?? this.#allocations++, cursor.line);
  }

  /** Says how many frees were guessed. */
  describe(): void {
    if (this.#guesses === 0) return;
    this.#builder.remark(
      "an interpreted heaptrack file does not say which of several like blocks is " +
        "freed: the one allocated last is taken (heaptrack --raw records it)",
    );
  }

  /** The definition that the end of the line names. */
  #find(cursor: LineCursor): HeaptrackInfo {
    cursor.position = 2;
    const number = cursor.hexadecimalDigits("a number in hexadecimal");
    return this.#infos[number] ?? cursor.fail(
      `a number below ${
        this.#infos.length.toString(16)
      }, as so many are defined`,
      2,
    );
  }
}
