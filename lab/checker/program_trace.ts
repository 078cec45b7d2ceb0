import type {
  ProcessCommand,
  ProcessResult,
} from "../processes/run_processes.ts";

/** How the programs of tests are run. */
export interface ProgramRunOptions {
  /** Folders with headers of theirs. */
  readonly include: readonly string[];
  /** Seconds that each may take. */
  readonly timeLimit: number;
}

const EXIT_LINE = /^\+\+\+ .* \+\+\+\n$/m;

/**
 * The process that runs a program and writes its trace: one that crashes takes no
 * other with it.
 *
 * @param program The program.
 * @param trace The file for its trace, in a folder for all that it leaves.
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

/** What the process may do; another library is named to it if it is to this one. */
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
 * Why a program did not come to its end; nothing if it did.
 *
 * @param trace Its trace; none if it never began.
 * @param result What became of its process.
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
