import { TraceError } from "../traces/trace_error.ts";

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
    return new JsonReader(this.#value[name], this.#file, path);
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

  /** A whole number in a range, or `null`. */
  wholeOrNull(least = 0): number | null {
    return this.#value === null ? null : this.whole(least);
  }

  /** The entries of an array. */
  entries(): JsonReader[] {
    return this.#array().map((value, at) =>
      new JsonReader(value, this.#file, `${this.#path}[${at}]`)
    );
  }

  /**
   * An array of whole numbers in a range.
   *
   * @param length How many there must be, if that is known.
   */
  numbers(
    { least = 0, most = Number.MAX_SAFE_INTEGER, length }: {
      least?: number;
      most?: number;
      length?: number;
    } = {},
  ): number[] {
    const values = this.#array();
    if (length !== undefined && values.length !== length) {
      this.fail(`${length} entries`, `${values.length}`);
    }
    const wrong = values.findIndex((value) =>
      typeof value !== "number" || !isWhole(value, least, most)
    );
    if (wrong < 0) return values as number[];
    return new JsonReader(values[wrong], this.#file, `${this.#path}[${wrong}]`)
      .fail(`a whole number from ${least} to ${most}`);
  }

  /** Ends reading with what was expected here. */
  fail(expected: string, found = describe(this.#value)): never {
    const place = this.#path === "" ? "the whole of it" : this.#path;
    throw new TraceError(
      { file: this.#file },
      `expected ${place} to be ${expected}, found ${found}`,
    );
  }

  #array(): unknown[] {
    return Array.isArray(this.#value) ? this.#value : this.fail("an array");
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
