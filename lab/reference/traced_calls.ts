import type { CAnswers } from "../../heap/c/heap_calls.ts";
import type { Address } from "../../mod.ts";
import { formatCall, formatSystemCall } from "./reference_line.ts";
import type { TracedMemory } from "./traced_memory.ts";

const VOID = "<void>";

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
  readonly #write: (lines: string) => void;

  /**
   * @param answers Answers the calls.
   * @param memory The memory of the heap that does.
   * @param write Given the lines of a call once it was answered.
   */
  constructor(
    answers: CAnswers,
    memory: TracedMemory,
    write: (lines: string) => void,
  ) {
    this.#answers = answers;
    this.#memory = memory;
    this.#write = write;
  }

  malloc(size: number): number {
    const answer = this.#answers.malloc(size);
    return this.#trace("os_malloc", [formatSize(size)], answer);
  }

  calloc(nmemb: number, size: number): number {
    const answer = this.#answers.calloc(nmemb, size);
    const args = [formatSize(nmemb), formatSize(size)];
    return this.#trace("os_calloc", args, answer);
  }

  realloc(address: Address, size: number): number {
    const args = [this.#memory.names.nameOf(address), formatSize(size)];
    const answer = this.#answers.realloc(address, size);
    return this.#trace("os_realloc", args, answer);
  }

  free(address: Address): number {
    const args = [this.#memory.names.nameOf(address)];
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
}

/** A size as C has it: what is above `PTRDIFF_MAX` comes as a negative number. */
function formatSize(size: number): string {
  return String(BigInt.asUintN(64, BigInt(size)));
}
