/** Modules of this folder's parent are osmem's own: nobody looks for a leak there. */
const OWN = new URL("../", import.meta.url).href;

/**
 * The calls that led somewhere. They are noted when it is made, and put into words only
 * when they are asked for, which takes twenty times as long.
 */
export class StackTrace {
  /** The calls as the engine noted them. */
  readonly #noted: { readonly stack?: string } = {};

  /** Notes the calls that lead here. */
  constructor() {
    Error.captureStackTrace(this.#noted, StackTrace);
  }

  /** The calls outside of osmem, the innermost first, as in `main (file:///a.ts:1:2)`. */
  get calls(): string[] {
    const lines = (this.#noted.stack ?? "").split("\n").slice(1);
    return lines.map((line) => line.trim().replace(/^at /, ""))
      .filter((call) => !call.includes(OWN));
  }

  /** One call a line, indented. */
  toString(): string {
    return this.calls.map((call) => `    at ${call}`).join("\n");
  }
}
