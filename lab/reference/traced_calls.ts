import type { CAnswers } from "@osmem/osmem/internal";
import type { Address } from "@osmem/osmem";
import { formatCall, formatSystemCall } from "./reference_line.ts";
import type { TracedMemory } from "./traced_memory.ts";

const VOID = "<void>";

/** The argument of the call under way with all its bits, of which a number has 53. */
export type ExactArgument = (index: 0 | 1) => bigint;

/** What tracing calls needs, apart from what answers them. */
export interface TracedCallsOptions {
  /** The memory of the heap that answers. */
  readonly memory: TracedMemory;
  /** Asked where a number does not tell. */
  readonly exactArgument: ExactArgument;
  /** Given the lines of a call once it was answered. */
  readonly write: (lines: string) => void;
}

/**
 * The calls that C makes of a heap, each written with the system calls that it made,
 * as the course's checker does:
 *
 * ```text
 *   os_malloc (['100'])                         = HeapStart + 0x20
 *     brk (['0'])                               = HeapStart + 0x0
 *     brk (['HeapStart + 0x20000'])             = HeapStart + 0x20000
 * ```
 */
export class TracedCalls implements CAnswers {
  readonly #answers: CAnswers;
  readonly #memory: TracedMemory;
  readonly #exactArgument: ExactArgument;
  readonly #write: (lines: string) => void;

  /**
   * @param answers Answers the calls.
   * @param options What it takes to write them.
   */
  constructor(answers: CAnswers, options: TracedCallsOptions) {
    this.#answers = answers;
    this.#memory = options.memory;
    this.#exactArgument = options.exactArgument;
    this.#write = options.write;
  }

  malloc(size: number): number {
    const args = [this.#sizeAt(0, size)];
    return this.#trace("os_malloc", args, this.#answers.malloc(size));
  }

  calloc(nmemb: number, size: number): number {
    const args = [this.#sizeAt(0, nmemb), this.#sizeAt(1, size)];
    return this.#trace("os_calloc", args, this.#answers.calloc(nmemb, size));
  }

  realloc(address: Address, size: number): number {
    const args = [this.#placeAt(0, address), this.#sizeAt(1, size)];
    return this.#trace(
      "os_realloc",
      args,
      this.#answers.realloc(address, size),
    );
  }

  free(address: Address): number {
    const args = [this.#placeAt(0, address)];
    const answer = this.#answers.free(address);
    this.#writeCall("os_free", args, VOID);
    return answer;
  }

  /** C has no `os_usable_size`, so there is nothing to write. */
  usableSize(address: Address): number {
    return this.#answers.usableSize(address);
  }

  #trace(name: string, args: readonly string[], answer: number): number {
    const result = this.#memory.names.nameOf(Math.max(0, answer));
    this.#writeCall(name, args, result);
    return answer;
  }

  #writeCall(name: string, args: readonly string[], result: string): void {
    const lines = this.#memory.takeLines().map(formatSystemCall);
    this.#write([formatCall({ name, args, result }), ...lines, ""].join("\n"));
  }

  #sizeAt(index: 0 | 1, size: number): string {
    return isExact(size) ? String(size) : String(this.#exactArgument(index));
  }

  #placeAt(index: 0 | 1, address: Address): string {
    return isExact(address)
      ? this.#memory.names.nameOf(address)
      : `0x${this.#exactArgument(index).toString(16)}`;
  }
}

/** What is above `PTRDIFF_MAX` comes as a negative number. */
function isExact(argument: number): boolean {
  return Number.isSafeInteger(argument) && argument >= 0;
}
