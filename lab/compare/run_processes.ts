/** What a process that ended left behind. */
export interface ProcessResult {
  /** Its exit code. */
  readonly code: number;
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

/** How processes are run. */
export interface ProcessOptions {
  /** How many at a time. */
  readonly atOnce: number;
  /** For the standard input of each; none by default. */
  readonly input?: Uint8Array<ArrayBuffer> | undefined;
  /** Ends all of them. */
  readonly signal: AbortSignal;
}

/**
 * Runs deno once for each list of arguments, several at a time.
 *
 * @param commands The lists of arguments.
 * @param options How to run them.
 * @returns The results as they come in, each with the place of its command.
 */
export async function* runProcesses(
  commands: readonly (readonly string[])[],
  options: ProcessOptions,
): AsyncGenerator<readonly [place: number, ProcessResult]> {
  const running = new Map<number, Promise<readonly [number, ProcessResult]>>();
  let next = 0;
  while (next < commands.length || running.size > 0) {
    while (next < commands.length && running.size < options.atOnce) {
      const place = next++;
      const result = runProcess(commands[place]!, options);
      running.set(place, result.then((ended) => [place, ended] as const));
    }
    const ended = await Promise.race(running.values());
    running.delete(ended[0]);
    yield ended;
  }
}

async function runProcess(
  args: readonly string[],
  { input, signal }: ProcessOptions,
): Promise<ProcessResult> {
  const process = new Deno.Command(Deno.execPath(), {
    args: [...args],
    stdin: input ? "piped" : "null",
    stdout: "piped",
    stderr: "piped",
    signal,
  }).spawn();
  if (input) await ReadableStream.from([input]).pipeTo(process.stdin);
  const { code, stdout, stderr } = await process.output();
  const decoder = new TextDecoder();
  return {
    code,
    output: decoder.decode(stdout),
    errors: decoder.decode(stderr),
  };
}
