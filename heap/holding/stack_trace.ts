/** Modules of these folders are osmem's own: nobody looks for a leak there. */
const OWN = ["../", "../../ffi/"].map((path) =>
  new URL(path, import.meta.url).href
);

/** So many calls more are noted than the program wants to see: some are osmem's own. */
const MOST_OWN = 4;

/** How many traces stay as the engine noted them: about ten megabytes. */
const MOST_AS_NOTED = 10_000;

/** Every list of calls that was put into words, by these: most are found many times. */
const known = new Map<string, readonly string[]>();

/**
 * The calls that led somewhere. They are noted when it is made, and put into words only
 * when they are asked for, which takes twenty times as long. From then on all traces
 * that say the same share their words.
 */
export class StackTrace {
  /** The calls as the engine noted them, about a kilobyte; until they are in words. */
  #noted: { readonly stack?: string } | undefined = {};
  #calls: readonly string[] = [];

  /**
   * Notes the calls that lead here: `Error.stackTraceLimit` says how many.
   *
   * @param within A function that is running: its call is left out, and those it made.
   */
  constructor(within?: (...args: never[]) => unknown) {
    const limit = Error.stackTraceLimit;
    Reflect.set(Error, "stackTraceLimit", limit + MOST_OWN);
    Error.captureStackTrace(this.#noted!, within ?? StackTrace);
    Reflect.set(Error, "stackTraceLimit", limit);
  }

  /**
   * The calls outside of osmem, the innermost first, as in `main (file:///a.ts:1:2)`.
   * The same list for all traces that say the same.
   */
  get calls(): readonly string[] {
    this.compact();
    return this.#calls;
  }

  /** Puts it into words, so that it takes up less. */
  compact(): void {
    if (!this.#noted) return;
    this.#calls = shared(callsIn(wordsOf(this.#noted)));
    this.#noted = undefined;
  }

  /** Says nothing any more: nobody needs it. */
  forget(): void {
    this.#noted = undefined;
  }

  /** One call a line, indented. */
  toString(): string {
    return this.calls.map((call) => `    at ${call}`).join("\n");
  }
}

/**
 * Notes traces, and keeps them small. Those noted last stay as they are, which costs
 * little time: most blocks are gone before anybody asks. Older ones that are still of
 * use are put into words, which most of them share with others.
 */
export class RecentTraces {
  readonly #recent: StackTrace[] = [];
  #oldest = 0;

  /**
   * Notes the calls that lead here.
   *
   * @param within A function that is running: its call is left out, and those it made.
   */
  note(within: (...args: never[]) => unknown): StackTrace {
    const trace = new StackTrace(within);
    if (this.#recent.length < MOST_AS_NOTED) this.#recent.push(trace);
    else {
      this.#recent[this.#oldest]!.compact();
      this.#recent[this.#oldest] = trace;
      this.#oldest = (this.#oldest + 1) % MOST_AS_NOTED;
    }
    return trace;
  }
}

/** Puts what the engine noted into its own words, whatever the program replaced them by. */
function wordsOf(noted: { readonly stack?: string }): string {
  const replaced = Error.prepareStackTrace;
  Reflect.set(Error, "prepareStackTrace", undefined);
  try {
    return noted.stack ?? "";
  } finally {
    Reflect.set(Error, "prepareStackTrace", replaced);
  }
}

function callsIn(words: string): string[] {
  return words.split("\n").slice(1)
    .map((line) => line.trim().replace(/^at /, ""))
    .filter((call) => !OWN.some((folder) => call.includes(folder)));
}

function shared(calls: readonly string[]): readonly string[] {
  const key = calls.join("\n");
  const same = known.get(key) ?? calls;
  known.set(key, same);
  return same;
}
