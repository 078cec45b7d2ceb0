/** What a process that ended left behind. */
export interface ProcessResult {
  /** Its exit code. */
  readonly code: number;
  /** What ended it, if it did not end by itself. */
  readonly signal: Deno.Signal | null;
  /** What it wrote to standard output. */
  readonly output: string;
  /** What it wrote to standard error. */
  readonly errors: string;
}

/** Thrown when a process did not do what it was started for; it says what that one said. */
export class ProcessError extends Error {
  /** `"ProcessError"`. */
  override readonly name = "ProcessError";
}

/** What one process is to do. */
export interface ProcessCommand {
  /** Arguments for deno. */
  readonly args: readonly string[];
  /** For its standard input; none by default. */
  readonly input?: Uint8Array<ArrayBuffer> | undefined;
  /** Milliseconds after which it is ended; as long as it likes by default. */
  readonly timeLimit?: number;
}

/** How processes are run. */
export interface ProcessOptions {
  /** How many at a time. */
  readonly atOnce: number;
  /** Ends all of them. */
  readonly signal: AbortSignal;
}

/**
 * Runs deno once for each command, several at a time. Whoever stops asking for
 * results ends the processes that still run.
 *
 * @param commands What each is to do.
 * @param options How to run them.
 * @returns The results as they come in, each with the place of its command.
 */
export async function* runProcesses(
  commands: readonly ProcessCommand[],
  { atOnce, signal }: ProcessOptions,
): AsyncGenerator<readonly [place: number, ProcessResult]> {
  const running = new Map<number, Promise<readonly [number, ProcessResult]>>();
  const stop = new AbortController();
  const either = AbortSignal.any([signal, stop.signal]);
  let next = 0;
  try {
    while (next < commands.length || running.size > 0) {
      while (next < commands.length && running.size < atOnce) {
        const place = next++;
        const result = runProcess(commands[place]!, either);
        running.set(place, result.then((ended) => [place, ended] as const));
      }
      const ended = await Promise.race(running.values());
      running.delete(ended[0]);
      yield ended;
    }
  } finally {
    stop.abort();
    await Promise.allSettled(running.values());
  }
}

async function runProcess(
  { args, input, timeLimit }: ProcessCommand,
  stop: AbortSignal,
): Promise<ProcessResult> {
  const signal = timeLimit === undefined
    ? stop
    : AbortSignal.any([stop, AbortSignal.timeout(timeLimit)]);
  const process = new Deno.Command(Deno.execPath(), {
    args: [...args],
    stdin: input ? "piped" : "null",
    stdout: "piped",
    stderr: "piped",
    signal,
  }).spawn();
  const [{ code, signal: endedBy, stdout, stderr }] = await Promise.all([
    process.output(),
    input && feed(process.stdin, input),
  ]);
  const decoder = new TextDecoder();
  return {
    code,
    signal: endedBy,
    output: decoder.decode(stdout),
    errors: decoder.decode(stderr),
  };
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
