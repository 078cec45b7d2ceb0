/** Where this module lies, unless it is part of a bundle. */
const PLACE = "/errors/stack_trace.ts";

/** What calls are left out of: osmem itself, where that can be told, and the runtime. */
const LEFT_OUT = import.meta.url.endsWith(PLACE)
  ? ["./", "../heap/", "../ffi/"].map((path) =>
    new URL(path, import.meta.url).href
  )
  : [];
const OF_THE_RUNTIME = /(^|\()ext:/;

/** So many calls more are noted than the program wants to see: some are osmem's own. */
const MOST_OWN = 4;

/** How many traces stay as the engine noted them, at most: about ten megabytes. */
const MOST_AS_NOTED = 10_000;

/** How many different lists of calls are remembered, so that they are shared. */
const MOST_KNOWN = 10_000;

/** Traces are put into words for so many milliseconds, and then after a pause again. */
const TURN = 2;
const PAUSE = 20;

/** Traces that are as the engine noted them and still of use, the oldest first. */
const asNoted = new Set<StackTrace>();

/** Lists of calls, by the words they were found in: most are found many times. */
const known = new Map<string, readonly string[]>();

/**
 * The calls that led somewhere. They are noted when it is made, and put into words some
 * time later, which takes twenty times as long: most are of no use any more by then.
 *
 * What the engine notes holds on to the objects whose methods were called. As long as it
 * does, none of them is collected, and so no leak of theirs found. Hence it is put into
 * words a few milliseconds later, unless {@linkcode StackTrace.forget} comes before.
 */
export class StackTrace {
  /** The calls as the engine noted them, about a kilobyte; until they are in words. */
  #noted: { readonly stack?: string } | undefined = {};
  #calls: readonly string[] = [];
  /** How many calls the program wants to see. */
  readonly #most: number;

  /**
   * Notes the calls that lead here: `Error.stackTraceLimit` says how many.
   *
   * @param within A function that is running: its call is left out, and those it made.
   */
  constructor(within?: (...args: never[]) => unknown) {
    const limit = Error.stackTraceLimit;
    this.#most = limit;
    Reflect.set(Error, "stackTraceLimit", limit + MOST_OWN);
    Error.captureStackTrace(this.#noted!, within ?? StackTrace);
    Reflect.set(Error, "stackTraceLimit", limit);
    asNoted.add(this);
    if (asNoted.size > MOST_AS_NOTED) compactOldest();
    if (!isWaiting) compactSoon();
  }

  /**
   * The calls outside of osmem, the innermost first, as in `main (file:///a.ts:1:2)`.
   * The same list for all traces that say the same.
   */
  get calls(): readonly string[] {
    this.compact();
    return this.#calls;
  }

  /** Puts it into words, so that it takes up less, and holds on to nothing. */
  compact(): void {
    asNoted.delete(this);
    if (!this.#noted) return;
    const calls = callsIn(wordsOf(this.#noted)).slice(0, this.#most);
    this.#calls = shared(calls);
    this.#noted = undefined;
  }

  /** Is not put into words unless it is asked for: hardly anybody will. */
  forget(): void {
    asNoted.delete(this);
  }
}

function compactOldest(): void {
  const [oldest] = asNoted;
  oldest?.compact();
}

/** What nobody ever changes: waiting for it passes the time. */
const never = new Int32Array(new SharedArrayBuffer(4));
let isWaiting = false;

/**
 * Puts traces into words after a pause. A timer would keep the process alive, and be
 * counted by tests that look for timers left running.
 */
async function compactSoon(): Promise<void> {
  isWaiting = true;
  await Atomics.waitAsync(never, 0, 0, PAUSE).value;
  isWaiting = false;
  const end = performance.now() + TURN;
  while (asNoted.size > 0 && performance.now() < end) compactOldest();
  if (asNoted.size > 0) compactSoon();
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
    .filter((call) => !OF_THE_RUNTIME.test(call))
    .filter((call) => !LEFT_OUT.some((folder) => call.includes(folder)));
}

function shared(calls: readonly string[]): readonly string[] {
  const key = calls.join("\n");
  const same = known.get(key) ?? calls;
  if (known.size > MOST_KNOWN) known.clear();
  known.set(key, same);
  return same;
}

/**
 * The calls of a trace as every message shows them: one in a line, indented.
 *
 * @param calls Each as in `main (file:///a.ts:1:2)`.
 */
export function formatCalls(calls: readonly string[]): string {
  return calls.map((call) => `    ${call}`).join("\n");
}
