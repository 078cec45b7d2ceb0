/**
 * The calls that led to a block. They are noted when the trace is made and put into
 * words some milliseconds later, which takes twenty times as long: most traces are no
 * longer needed by then.
 *
 * What the engine notes refers to the objects whose methods were called. Until it is in
 * words none of them can be collected, and so no leak of one found. A trace is therefore
 * put into words soon, unless {@linkcode StackTrace.forget} is called before.
 */
export class StackTrace {
  /** The calls as the engine noted them, about a kilobyte; nothing once in words. */
  #noted: { readonly stack?: string } | undefined = {};
  #calls: readonly string[] = [];
  /** How many calls the program wants to see. */
  readonly #most: number;

  /**
   * Notes the calls that lead here: `Error.stackTraceLimit` says how many.
   *
   * @param within A function that is running: its call, and those it made, are left out.
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
   * Traces with equal calls share one list.
   */
  get calls(): readonly string[] {
    this.compact();
    return this.#calls;
  }

  /** Puts the calls into words: these take less memory and refer to no objects. */
  compact(): void {
    asNoted.delete(this);
    if (!this.#noted) return;
    const calls = callsIn(wordsOf(this.#noted)).slice(0, this.#most);
    this.#calls = shared(calls);
    this.#noted = undefined;
  }

  /** Leaves the calls as noted until somebody asks for them, which is unlikely now. */
  forget(): void {
    asNoted.delete(this);
  }
}

/**
 * The calls of a trace as every message shows them: one in a line, indented.
 *
 * @param calls Each as in `main (file:///a.ts:1:2)`.
 */
export function formatCalls(calls: readonly string[]): string {
  return calls.map((call) => `    ${call}`).join("\n");
}

/** Calls noted beyond those that the program wants to see: some are osmem's own. */
const MOST_OWN = 4;

/** The most traces that stay as the engine noted them: about ten megabytes. */
const MOST_AS_NOTED = 10_000;

/** Milliseconds that traces are put into words for, and of the pause before that. */
const TURN = 2;
const PAUSE = 20;

/** Traces that are as the engine noted them and still needed, the oldest first. */
const asNoted = new Set<StackTrace>();

function compactOldest(): void {
  const [oldest] = asNoted;
  oldest?.compact();
}

/** Nobody ever changes this word: waiting for it passes the time. */
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

/** The engine's own words, even where the program replaced `Error.prepareStackTrace`. */
function wordsOf(noted: { readonly stack?: string }): string {
  const replaced: unknown = Reflect.get(Error, "prepareStackTrace");
  Reflect.set(Error, "prepareStackTrace", undefined);
  try {
    return noted.stack ?? "";
  } finally {
    Reflect.set(Error, "prepareStackTrace", replaced);
  }
}

/** Where this module lies in the source. */
const IN_SOURCE = "/errors/stack_trace.ts";

/** How the address of the one-file build ends; `bundle/main.ts` makes that file. */
const ONE_FILE = "/osmem.js";

/** The places of osmem's own calls, which are left out. */
const OWN_PLACES = ownPlaces(import.meta.url);

/** A program that was bundled with osmem is one file too, and then no call is left out. */
function ownPlaces(module: string): string[] {
  if (module.endsWith(ONE_FILE)) return [module];
  if (!module.endsWith(IN_SOURCE)) return [];
  return ["./", "../heap/", "../ffi/"].map((path) =>
    new URL(path, module).href
  );
}

const OF_THE_RUNTIME = /(^|\()ext:/;

function callsIn(words: string): string[] {
  return words.split("\n").slice(1)
    .map((line) => line.trim().replace(/^at /, ""))
    .filter((call) => !OF_THE_RUNTIME.test(call))
    .filter((call) => !OWN_PLACES.some((place) => call.includes(place)));
}

/** The most lists of calls that are remembered. */
const MOST_KNOWN = 10_000;

/** Lists of calls by their text: a list that is found again is shared. */
const known = new Map<string, readonly string[]>();

function shared(calls: readonly string[]): readonly string[] {
  const key = calls.join("\n");
  const same = known.get(key) ?? calls;
  if (known.size > MOST_KNOWN) known.clear();
  known.set(key, same);
  return same;
}
