import type {
  ProcessCommand,
  ProcessResult,
} from "../processes/run_processes.ts";

/** How to run the programs of tests. */
export interface ProgramRunOptions {
  /** Folders with headers of the programs. */
  readonly include: readonly string[];
  /** Time limit of each program, in seconds. */
  readonly timeLimit: number;
  /** The bytes that a trace may have. */
  readonly maxInput?: number;
}

const EXIT_LINE = /^\+\+\+ .* \+\+\+\n$/m;

/**
 * The process that runs a program and writes its trace. A program that crashes ends no
 * other one.
 *
 * @param program The program.
 * @param trace The file for its trace, in a folder for everything that it writes.
 * @param options How to run it.
 */
export function traceProcess(
  program: string,
  trace: string,
  { include, timeLimit }: ProgramRunOptions,
): ProcessCommand {
  return {
    args: [
      "run",
      "--quiet",
      "--no-prompt",
      ...permissions(),
      import.meta.resolve("../cli.ts"),
      "trace",
      "--file",
      trace,
      ...include.flatMap((folder) => ["--include", folder]),
      "--",
      program,
    ],
    timeLimit: timeLimit * 1000,
    env: { TMPDIR: trace.slice(0, trace.lastIndexOf("/")) },
  };
}

/** The permissions of the process. It finds the native library that this one found. */
function permissions(): string[] {
  const flags = ["ffi", "read", "write", "run"].map((name) =>
    `--allow-${name}`
  );
  const library = { name: "env", variable: "OSMEM_LIB" } as const;
  return Deno.permissions.querySync(library).state === "granted"
    ? [...flags, `--allow-env=${library.variable}`]
    : flags;
}

/**
 * Why a program did not run to its end; `undefined` if it did.
 *
 * @param trace Its trace; none if the program never started.
 * @param result The result of its process.
 * @param options How it was run.
 */
export function whyUnfinished(
  trace: string | undefined,
  result: ProcessResult,
  { timeLimit }: ProgramRunOptions,
): string | undefined {
  if (trace !== undefined && EXIT_LINE.test(trace)) return undefined;
  const said = result.errors.trim().replaceAll(/^osmem: /gm, "");
  if (said === "") return howItEnded(result, timeLimit);
  const isNeverBegun = trace === undefined && result.signal === null;
  return isNeverBegun ? said : `${howItEnded(result, timeLimit)}\n${said}`;
}

function howItEnded(
  { code, signal, isTimedOut }: ProcessResult,
  timeLimit: number,
): string {
  if (isTimedOut) return `it was ended after ${timeLimit} s`;
  if (signal) return `it was ended by ${signal}`;
  return `it ended with ${code}, without exit()`;
}
