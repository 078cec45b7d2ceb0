import { printLine } from "../print_line.ts";

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
