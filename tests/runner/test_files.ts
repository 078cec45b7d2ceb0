/**
 * Seconds that the slowest files take where everything is tested, on two cores; other
 * files take about one. The order in which files are run depends on it, nothing else.
 */
const SECONDS: Readonly<Record<string, number>> = {};

const USUAL_SECONDS = 1;

/** So much of what is left goes to one process, divided by the number of processes. */
const SHARE = 1 / 2;

/** The least that is worth a process, in seconds. */
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
 * Files that wait for a process. Those that take longest come first; each process takes a
 * share of what is left, so that in the end all are done at about the same time though
 * few processes were started.
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
    const share = Math.max(LEAST_SECONDS, left * SHARE / this.#processes);
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
