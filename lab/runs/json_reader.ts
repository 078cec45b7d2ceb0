import { TraceError } from "../traces/trace_error.ts";

/** What numbers of an array may be, and how many. */
export interface NumbersRange {
  /** The least; 0 by default. */
  readonly least?: number;
  /** The most; by default the largest safe integer. */
  readonly most?: number;
  /** How many there must be, if that is known. */
  readonly length?: number;
}

/**
 * Reads a JSON document whose shape is known, and says where one differs: the
 * file, the path to the value, what was expected and what was found.
 */
export class JsonReader {
  readonly #file: string;
  readonly #path: string;
  readonly #value: unknown;

  /**
   * @param value What was parsed.
   * @param file The file it is from, for messages.
   * @param path Where in the file it stands, as in `calls.kinds`.
   */
  constructor(value: unknown, file: string, path = "") {
    this.#value = value;
    this.#file = file;
    this.#path = path;
  }

  /** A property of an object. */
  get(name: string): JsonReader {
    if (!isObject(this.#value)) this.fail("an object");
    const path = this.#path === "" ? name : `${this.#path}.${name}`;
    const value = Object.hasOwn(this.#value, name)
      ? this.#value[name]
      : undefined;
    return new JsonReader(value, this.#file, path);
  }

  /** A text. */
  text(): string {
    return typeof this.#value === "string" ? this.#value : this.fail("a text");
  }

  /** One of some values. */
  oneOf<Value>(values: readonly Value[]): Value {
    const found = values.find((value) => value === this.#value);
    if (found !== undefined) return found;
    return this.fail(
      `one of ${values.map((value) => JSON.stringify(value)).join(", ")}`,
    );
  }

  /** A whole number in a range. */
  whole(least = 0, most = Number.MAX_SAFE_INTEGER): number {
    const value = this.#value;
    if (typeof value === "number" && isWhole(value, least, most)) return value;
    return this.fail(`a whole number from ${least} to ${most}`);
  }

  /** A whole number of at least 0, or `null` for an infinite one. */
  wholeOrInfinite(): number {
    return this.#value === null ? Infinity : this.whole();
  }

  /** How many entries an array has. */
  get length(): number {
    return this.#array().length;
  }

  /**
   * The entries of an array.
   *
   * @param length How many there must be, if that is known.
   */
  entries(length?: number): JsonReader[] {
    return this.#array(length).map((_, at) => this.entry(at));
  }

  /** An entry of an array, by its place. */
  entry(at: number): JsonReader {
    const path = `${this.#path}[${at}]`;
    return new JsonReader(this.#array()[at], this.#file, path);
  }

  /** An array of whole numbers in a range. */
  numbers(
    { least = 0, most = Number.MAX_SAFE_INTEGER, length }: NumbersRange = {},
  ): number[] {
    const values = this.#array(length);
    for (let at = 0; at < values.length; at++) {
      const value = values[at];
      if (typeof value !== "number" || !isWhole(value, least, most)) {
        this.entry(at).fail(`a whole number from ${least} to ${most}`);
      }
    }
    return values as number[];
  }

  /** A column of numbers in which `null` may stand for a number; it is read as `none`. */
  numbersOr(none: number, range: NumbersRange): number[] {
    const values = this.#array(range.length);
    const given = values.map((value) => value === null ? none : value);
    return new JsonReader(given, this.#file, this.#path).numbers(range);
  }

  /** An array of whole numbers of which none is less than the one before it. */
  risingNumbers(range: NumbersRange = {}): number[] {
    const values = this.numbers(range);
    this.requireRising(values);
    return values;
  }

  /**
   * Requires that what the entries of this array are ordered by never falls.
   *
   * @param values For each entry, the number it is ordered by.
   * @param part Where in the entry that number stands, as in `.call`.
   */
  requireRising(values: readonly number[], part = ""): void {
    for (let at = 1; at < values.length; at++) {
      const [before, value] = [values[at - 1]!, values[at]!];
      if (value >= before) continue;
      const path = `${this.#path}[${at}]${part}`;
      new JsonReader(value, this.#file, path)
        .fail(`at least ${before}, as in the entry before`);
    }
  }

  /** Ends reading with what was expected here. */
  fail(expected: string, found = describe(this.#value)): never {
    const place = this.#path === "" ? "the whole of it" : this.#path;
    throw new TraceError(
      { file: this.#file },
      `expected ${place} to be ${expected}, found ${found}`,
    );
  }

  /** Ends reading with what is wrong with the value here. */
  refuse(problem: string, cause?: unknown): never {
    throw new TraceError(
      { file: this.#file },
      `${this.#path}: ${problem}`,
      cause,
    );
  }

  #array(length?: number): unknown[] {
    const value = this.#value;
    if (!Array.isArray(value)) return this.fail("an array");
    if (length === undefined || value.length === length) return value;
    return this.fail(`${length} entries`, `${value.length}`);
  }
}

const SHOWN = 40; // characters of a value that a message quotes

function describe(value: unknown): string {
  if (value === undefined) return "nothing";
  const text = JSON.stringify(value);
  return text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isWhole(value: number, least: number, most: number): boolean {
  return Number.isSafeInteger(value) && value >= least && value <= most;
}
