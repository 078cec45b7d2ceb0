/**
 * The calls of a heap with answers that C can use: errors become NULL and an error
 * number, or are logged.
 *
 * @module
 */
import { printLine } from "../../errors/messages.ts";
import {
  ENOMEM,
  OutOfMemoryError,
  SystemCallError,
} from "../../errors/system_errors.ts";
import type { Address } from "../../ffi/memory.ts";

/** The calls that C can make: a heap and its recording both have them. */
export interface HeapCalls {
  malloc(size: number): Address;
  calloc(nmemb: number, size: number): Address;
  realloc(address: Address, size: number): Address;
  free(address: Address): void;
  usableSize(address: Address): number;
}

/**
 * The calls with answers that C can use: an address (0 is NULL) or a size, or below 0 a
 * negated error number. They never throw.
 */
export interface CAnswers {
  malloc(size: number): number;
  calloc(nmemb: number, size: number): number;
  realloc(address: Address, size: number): number;
  free(address: Address): number;
  usableSize(address: Address): number;
}

const NULL = 0;

/**
 * A heap as C sees it. It never throws:
 *
 * | case | what C gets |
 * |---|---|
 * | there is no memory, or a size is larger than any memory | NULL and `ENOMEM` |
 * | a wrong pointer | nothing: the error is logged; from `realloc` NULL and `ENOMEM` |
 * | munmap fails | nothing: the error is logged; from `realloc` NULL and the system's error |
 */
export class CCalls implements CAnswers {
  readonly #heap: HeapCalls;
  readonly #log: ErrorLog;

  /**
   * @param heap The heap that is called.
   * @param log Gets the errors, except refused memory: NULL tells C of that.
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
    // Nothing is asked for, even if the other factor is larger than any memory.
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

  /** The answer to a call that failed: a negated error number. */
  #refuse(error: unknown, ...sizes: readonly number[]): number {
    const isTooMuch = sizes.some((size) => !isPossible(size));
    if (!isTooMuch && !(error instanceof OutOfMemoryError)) {
      this.#log.add(error);
    }
    return -errorNumberOf(error);
  }
}

/** The error number for C, always above 0: a memory of a program's own may give any. */
function errorNumberOf(error: unknown): number {
  const isKnown = error instanceof SystemCallError &&
    Number.isInteger(error.errno) && error.errno > 0;
  return isKnown ? error.errno : ENOMEM;
}

/** Whether a heap accepts a size. Sizes above C's `PTRDIFF_MAX` arrive as negative. */
function isPossible(size: number): boolean {
  return Number.isSafeInteger(size) && size >= 0;
}

/** The most errors that are remembered and printed; all are counted. */
const MOST_REMEMBERED = 1000;

/**
 * The errors in calls from C, where nobody can catch them: each is printed and
 * remembered.
 */
export class ErrorLog {
  readonly #print: (text: string) => void;
  readonly #errors: Error[] = [];
  #count = 0;

  /** @param print Prints a line for each error; by default to standard error. */
  constructor(print: (text: string) => void = printLine) {
    this.#print = print;
  }

  /** The number of errors so far. */
  get count(): number {
    return this.#count;
  }

  /** The first thousand errors. */
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

/** The text of anything thrown: `String` throws for an object without `toString`. */
function textOf(thrown: unknown): string {
  return typeof thrown === "string" ? thrown : Deno.inspect(thrown);
}
