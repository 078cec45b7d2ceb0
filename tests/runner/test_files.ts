/**
 * Seconds that the slowest files take where everything is tested. Only the order of the
 * files and how many share a process depend on this, so that rough values will do.
 */
export const SECONDS: Readonly<Record<string, number>> = {
  "tests/heap/fits/steps_test.ts": 140,
  "tests/bench/bench_test.ts": 85,
  "tests/heap/source/many_mappings_test.ts": 60,
  "tests/lab/commands/exec_test.ts": 40,
  "tests/heap/contract/long_run_test.ts": 30,
  "tests/lab/runs/run_moments_test.ts": 30,
  "tests/lab/commands/check_test.ts": 30,
  "tests/lab/commands/trace_test.ts": 20,
  "tests/native/prebuild_test.ts": 20,
  "tests/heap/contract/policy_long_run_test.ts": 20,
  "tests/heap/c/clients/sqlite_test.ts": 15,
  "tests/heap/c/clients/lua_test.ts": 15,
  "tests/lab/commands/terminal_test.ts": 15,
  "tests/heap/debug/contract_test.ts": 15,
  "tests/lab/programs/embedded_library_test.ts": 10,
  "tests/heap/c/stack_test.ts": 10,
  "tests/heap/list/many_blocks_test.ts": 10,
  "tests/docs/examples_test.ts": 10,
  "tests/lab/cli_test.ts": 10,
  "tests/native/build_test.ts": 10,
};

/** Seconds of any other file. */
const USUAL_SECONDS = 1;

/** A process gets half of its share of what is left, but no less than this. */
const LEAST_SECONDS = 5;

/**
 * The files with tests among some files and folders, in order.
 *
 * @param paths Files and folders.
 * @param ignored What is left out.
 */
export function findTestFiles(
  paths: readonly string[],
  ignored: readonly string[] = [],
): string[] {
  const isIgnored = (path: string) =>
    ignored.some((each) => path === each || path.startsWith(`${each}/`));
  return paths.filter((path) => !isIgnored(path)).flatMap((path) => {
    if (Deno.statSync(path).isFile) return [path];
    return filesIn(path).filter((file) =>
      file.endsWith("_test.ts") && !isIgnored(file)
    );
  });
}

function filesIn(folder: string): string[] {
  return Array.from(Deno.readDirSync(folder)).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    return entry.isDirectory ? filesIn(path) : path;
  }).sort();
}

/**
 * Files that wait for a process, the slowest first. Each process takes fewer than the one
 * before, so that few processes are started and all are done at about the same time.
 */
export class TestFiles {
  readonly #processes: number;
  readonly #waiting: string[];

  /**
   * @param files The files.
   * @param processes How many processes take them.
   */
  constructor(files: readonly string[], processes: number) {
    this.#processes = processes;
    this.#waiting = files.toSorted((one, other) =>
      secondsOf(other) - secondsOf(one)
    );
  }

  /** Files for one process; none if all were taken. */
  take(): string[] {
    const left = this.#waiting.reduce((sum, file) => sum + secondsOf(file), 0);
    const share = Math.max(LEAST_SECONDS, left / 2 / this.#processes);
    const taken: string[] = [];
    for (let seconds = 0; seconds < share && this.#waiting.length > 0;) {
      const file = this.#waiting.shift()!;
      seconds += secondsOf(file);
      taken.push(file);
    }
    return taken;
  }
}

function secondsOf(file: string): number {
  return SECONDS[file] ?? USUAL_SECONDS;
}
