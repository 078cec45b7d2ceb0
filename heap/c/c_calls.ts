import type { Address } from "../../ffi/memory.ts";
import { ENOMEM, SystemCallError } from "../../ffi/system_call_error.ts";
import { OutOfMemoryError } from "../out_of_memory_error.ts";
import type { ErrorLog } from "./error_log.ts";
import type { CAnswers, HeapCalls } from "./heap_calls.ts";

const NULL = 0;

/**
 * A heap as C sees it. No error ever leaves it:
 *
 * | what happens | what C gets |
 * |---|---|
 * | there is no memory, or a size is larger than any memory | NULL and `ENOMEM` |
 * | a wrong pointer | it is logged and ignored; from `realloc` NULL and `ENOMEM` |
 * | the system does not take a mapping back | it is logged; from `realloc` NULL and the system's error |
 */
export class CCalls implements CAnswers {
  readonly #heap: HeapCalls;
  readonly #log: ErrorLog;

  /**
   * @param heap Makes the calls.
   * @param log Told what went wrong, but for refused memory, which C is told itself.
   */
  constructor(heap: HeapCalls, log: ErrorLog) {
    this.#heap = heap;
    this.#log = log;
  }

  malloc(size: number): number {
    try {
      return this.#heap.malloc(size);
    } catch (error) {
      return this.#refuse(error, size);
    }
  }

  calloc(nmemb: number, size: number): number {
    // Nothing is asked for, even where the other factor is more than a heap takes.
    const isNothing = nmemb === 0 || size === 0;
    try {
      return this.#heap.calloc(isNothing ? 0 : nmemb, isNothing ? 0 : size);
    } catch (error) {
      return this.#refuse(error, nmemb, size);
    }
  }

  realloc(address: Address, size: number): number {
    try {
      return this.#heap.realloc(address, size);
    } catch (error) {
      return this.#refuse(error, size);
    }
  }

  free(address: Address): number {
    try {
      this.#heap.free(address);
    } catch (error) {
      this.#log.add(error);
    }
    return NULL;
  }

  usableSize(address: Address): number {
    try {
      return this.#heap.usableSize(address);
    } catch (error) {
      this.#log.add(error);
      return 0;
    }
  }

  /** What C gets instead of memory. */
  #refuse(error: unknown, ...sizes: readonly number[]): number {
    const isTooMuch = sizes.some((size) => !isPossible(size));
    if (!isTooMuch && !(error instanceof OutOfMemoryError)) {
      this.#log.add(error);
    }
    return -errorNumberOf(error);
  }
}

/** Above 0 in any case: a memory of the caller's own may say anything. */
function errorNumberOf(error: unknown): number {
  const isKnown = error instanceof SystemCallError &&
    Number.isInteger(error.errno) && error.errno > 0;
  return isKnown ? error.errno : ENOMEM;
}

/** Whether a heap takes such a size. Sizes above C's `PTRDIFF_MAX` come as negative. */
function isPossible(size: number): boolean {
  return Number.isSafeInteger(size) && size >= 0;
}
