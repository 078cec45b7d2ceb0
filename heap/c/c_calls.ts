import type { Address } from "../../ffi/memory.ts";
import { ENOMEM, SystemCallError } from "../../errors/system_errors.ts";
import { OutOfMemoryError } from "../../errors/system_errors.ts";
import { printLine } from "../../errors/messages.ts";

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

/** The calls that C can make of a heap: those of a heap itself, or of its recording. */
export interface HeapCalls {
  malloc(size: number): Address;
  calloc(nmemb: number, size: number): Address;
  realloc(address: Address, size: number): Address;
  free(address: Address): void;
  usableSize(address: Address): number;
}

/**
 * The same calls with answers that C can use: an address (0 is NULL) or a size; below
 * 0 a negated error number. They never throw.
 */
export interface CAnswers {
  malloc(size: number): number;
  calloc(nmemb: number, size: number): number;
  realloc(address: Address, size: number): number;
  free(address: Address): number;
  usableSize(address: Address): number;
}

/** How many errors are remembered and printed; all are counted. */
const MOST_REMEMBERED = 1000;

/**
 * What went wrong in calls from C, where nobody can catch an error: each is printed,
 * and remembered.
 */
export class ErrorLog {
  readonly #print: (text: string) => void;
  readonly #errors: Error[] = [];
  #count = 0;

  /** @param print Given a line for each error; to standard error by default. */
  constructor(print: (text: string) => void = printLine) {
    this.#print = print;
  }

  /** Errors so far. */
  get count(): number {
    return this.#count;
  }

  /** The first thousand of them. */
  get errors(): readonly Error[] {
    return this.#errors;
  }

  /** Adds what was thrown. */
  add(thrown: unknown): void {
    this.#count++;
    if (this.#errors.length === MOST_REMEMBERED) return;
    const error = thrown instanceof Error ? thrown : new Error(textOf(thrown));
    this.#errors.push(error);
    this.#print(error.message);
    if (this.#errors.length === MOST_REMEMBERED) {
      this.#print("further errors are only counted");
    }
  }
}

/** Of anything: `String` throws where there is no `toString`. */
function textOf(thrown: unknown): string {
  return typeof thrown === "string" ? thrown : Deno.inspect(thrown);
}
