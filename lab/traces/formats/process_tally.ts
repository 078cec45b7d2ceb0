import { printable } from "../../printable.ts";
import { formatCount, formatNumberOf } from "../../words.ts";
import type { ParsingOptions } from "./trace_format.ts";
import type { TraceBuilder } from "../trace_builder.ts";
import { TraceError } from "../trace_error.ts";

/** Processes that a message lists. */
const LISTED = 10;

/** Frees of NULL that are kept until a process makes another call. */
const MOST_EARLY = 65_536;

/** Processes that are counted. */
const MOST_PROCESSES = 65_536;

/** The calls of a process in a recording. */
interface ProcessCalls {
  readonly process: number;
  calls: number;
}

/**
 * The processes of a recording. Each has a heap of its own, so that the calls of one are
 * read and those of the others are counted. Frees of NULL are no reason to read a process:
 * valgrind makes some when a process ends.
 */
export class ProcessTally {
  readonly #file: string;
  readonly #advice: string;
  readonly #wanted: number | undefined;
  readonly #processes = new Map<number, ProcessCalls>();
  #latest: ProcessCalls | undefined;
  readonly #builder: TraceBuilder;
  #chosen: number | undefined;
  /** Frees of NULL before any other call. */
  #early: { readonly process: number; readonly line: number }[] = [];

  /**
   * @param options The name of the recording, and the process whose calls are read; by
   * default there may be only one.
   * @param builder Receives the frees of NULL.
   * @param advice How to record one process.
   */
  constructor(
    { file, pid: wanted }: ParsingOptions,
    builder: TraceBuilder,
    advice: string,
  ) {
    this.#file = file;
    this.#advice = advice;
    this.#builder = builder;
    this.#wanted = wanted;
    this.#chosen = wanted;
  }

  /** Whether the calls of a process are those that are read. */
  isChosen(process: number): boolean {
    if (this.#chosen === undefined) this.#choose(process);
    return process === this.#chosen;
  }

  /**
   * Counts a call.
   *
   * @throws {TraceError} If there are too many processes to count.
   */
  add(process: number): void {
    if (this.#latest?.process !== process) this.#latest = this.#find(process);
    this.#latest.calls++;
  }

  /** A process frees NULL. */
  freeNull(process: number, line: number): void {
    if (process === this.#chosen) this.#builder.free(null, line);
    else if (this.#chosen === undefined && this.#early.length < MOST_EARLY) {
      this.#early.push({ process, line });
    }
  }

  /**
   * Called after the last line.
   *
   * @throws {TraceError} If it is not clear whose calls are to be read.
   */
  end(): void {
    const wanted = this.#wanted;
    const [first] = this.#early;
    if (first) this.#choose(first.process);
    if (wanted === undefined) {
      if (this.#processes.size > 1) this.#failWithSeveral();
    } else if (this.#builder.isEmpty && this.#processes.size > 0) {
      throw new TraceError(
        { file: this.#file },
        `has no call of process ${wanted}; it has ${this.#list()}`,
      );
    }
  }

  #choose(process: number): void {
    this.#chosen = process;
    for (const { line, ...early } of this.#early) {
      if (early.process === process) this.#builder.free(null, line);
    }
    this.#early = [];
  }

  #find(process: number): ProcessCalls {
    const known = this.#processes.get(process);
    if (known) return known;
    if (this.#processes.size === MOST_PROCESSES) {
      throw new TraceError(
        { file: this.#file },
        `has calls of more than ${formatCount(MOST_PROCESSES)} processes; ` +
          "give a recording of fewer",
      );
    }
    const found = { process, calls: 0 };
    this.#processes.set(process, found);
    return found;
  }

  #failWithSeveral(): never {
    const [largest] = this.#sorted();
    throw new TraceError(
      { file: this.#file },
      `has calls of ${
        formatCount(this.#processes.size)
      } processes, each with ` +
        `a heap of its own: ${this.#list()}; pick one with --pid, the largest ` +
        `with osmem run --pid ${largest!.process} ${quoted(this.#file)} ` +
        `(or record ${this.#advice})`,
    );
  }

  #sorted(): ProcessCalls[] {
    return [...this.#processes.values()].sort((a, b) => b.calls - a.calls);
  }

  #list(): string {
    const sorted = this.#sorted();
    const listed = sorted.slice(0, LISTED).map(({ process, calls }) =>
      `${formatNumberOf(calls, "call")} of process ${process}`
    );
    const others = sorted.length - listed.length;
    if (others > 0) listed.push(`${formatCount(others)} others`);
    return listed.join(", ");
  }
}

/** The name of a file as a shell takes it. */
function quoted(file: string): string {
  if (/^[\w./+:@%,-]+$/.test(file)) return file;
  return `'${printable(file).replaceAll("'", String.raw`'\''`)}'`;
}
