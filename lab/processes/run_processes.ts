/** How a process ended, and what it wrote. */
export interface ProcessResult {
  /** Its exit code. */
  readonly code: number;
  /** The signal that ended it, if one did. */
  readonly signal: Deno.Signal | null;
  /** Whether that was because its time was up. */
  readonly isTimedOut: boolean;
  /** What it wrote to standard output. */
  readonly output: string;
  /** What it wrote to standard error. */
  readonly errors: string;
}

/** Thrown when a process failed. The message is what the process wrote. */
export class ProcessError extends Error {
  /** `"ProcessError"`. */
  override readonly name = "ProcessError";
}

/** What a process runs. */
export interface ProcessCommand {
  /** Arguments for deno. */
  readonly args: readonly string[];
  /** For its standard input; none by default. */
  readonly input?: Uint8Array<ArrayBuffer> | undefined;
  /** Milliseconds after which the process is ended; no limit by default. */
  readonly timeLimit?: number;
  /** Variables added to the environment of this process. */
  readonly env?: Readonly<Record<string, string>>;
}

/** How processes are run. */
export interface ProcessOptions {
  /** How many at a time. */
  readonly atOnce: number;
  /** Ends all of them. */
  readonly signal: AbortSignal;
}

/** Running processes. Disposing of this ends those that still run. */
export interface ProcessRuns extends AsyncDisposable {
  /** The result of each, in the order of the commands. */
  readonly results: readonly Promise<ProcessResult>[];
}

/**
 * Runs deno once for each command, several at a time.
 *
 * @param commands What each process runs.
 * @param options How to run them.
 */
export function runProcesses(
  commands: readonly ProcessCommand[],
  { atOnce, signal }: ProcessOptions,
): ProcessRuns {
  const disposal = new AbortController();
  const stop = AbortSignal.any([signal, disposal.signal]);
  const slots = new Slots(atOnce);
  const results = commands.map((command) =>
    slots.run(() => runProcess(command, stop))
  );
  const allEnded = Promise.allSettled(results); // whether or not anyone awaits them
  return {
    results,
    async [Symbol.asyncDispose]() {
      disposal.abort();
      await allEnded;
    },
  };
}

/** The result of a process that was ended before it began. */
const NEVER_BEGUN: ProcessResult = {
  code: 137,
  signal: "SIGKILL",
  isTimedOut: false,
  output: "",
  errors: "",
};

async function runProcess(
  { args, input, timeLimit, env = {} }: ProcessCommand,
  stop: AbortSignal,
): Promise<ProcessResult> {
  if (stop.aborted) return NEVER_BEGUN;
  const process = new Deno.Command(Deno.execPath(), {
    args: [...args],
    stdin: input ? "piped" : "null",
    stdout: "piped",
    stderr: "piped",
    env: { ...env },
    detached: true, // the leader of a group
  }).spawn();
  const timeUp = timeLimit === undefined
    ? undefined
    : AbortSignal.timeout(timeLimit);
  using _ending = endOn(
    timeUp ? AbortSignal.any([stop, timeUp]) : stop,
    process,
  );
  const [{ code, signal, stdout, stderr }] = await Promise.all([
    process.output(),
    input && feed(process.stdin, input),
  ]);
  const decoder = new TextDecoder();
  return {
    code,
    signal,
    isTimedOut: signal !== null && timeUp?.aborted === true,
    output: decoder.decode(stdout),
    errors: decoder.decode(stderr),
  };
}

/** Ends a process once a signal is aborted, until disposed. */
function endOn(signal: AbortSignal, process: Deno.ChildProcess): Disposable {
  const end = () => endGroup(process);
  if (signal.aborted) end();
  signal.addEventListener("abort", end);
  return {
    [Symbol.dispose]: () => signal.removeEventListener("abort", end),
  };
}

/** Ends a process, which may ignore gentler signals, with all that it started. */
function endGroup(process: Deno.ChildProcess): void {
  try {
    Deno.kill(-process.pid, "SIGKILL");
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) endAlone(process);
    else if (!(error instanceof Deno.errors.NotFound)) throw error; // it has ended
  }
}

/** Ends a process where only that is permitted. */
function endAlone(process: Deno.ChildProcess): void {
  try {
    process.kill("SIGKILL");
  } catch (error) {
    if (!(error instanceof TypeError)) throw error; // it has ended
  }
}

/** Gives a process its input; one that ends before it has read it all says why itself. */
async function feed(
  stdin: WritableStream<Uint8Array<ArrayBuffer>>,
  input: Uint8Array<ArrayBuffer>,
): Promise<void> {
  try {
    await ReadableStream.from([input]).pipeTo(stdin);
  } catch (error) {
    if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
  }
}

/** Room for a number of tasks at a time; others wait for their turn. */
export class Slots {
  #free: number;
  readonly #waiting: (() => void)[] = [];

  /** @param count How many tasks at a time. */
  constructor(count: number) {
    this.#free = count;
  }

  /** Carries out a task as soon as there is room for it. */
  async run<Result>(task: () => Promise<Result>): Promise<Result> {
    if (this.#free > 0) this.#free--;
    else await new Promise<void>((begin) => this.#waiting.push(begin));
    try {
      return await task();
    } finally {
      this.#leave();
    }
  }

  /** The one that waits longest takes the place. */
  #leave(): void {
    const begin = this.#waiting.shift();
    if (begin) begin();
    else this.#free++;
  }
}
