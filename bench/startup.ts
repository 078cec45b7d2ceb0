import type { Effort } from "./measure.ts";
import { glibc, osmem } from "./peers/all.ts";
import { type Result, timingOf } from "./result.ts";

/** The case that whole processes make, and not calls in one process. */
export const STARTUP = {
  case: "start to the first allocation",
  operation: "a process that allocates 64 bytes and ends",
} as const;

/** The name of the script that does nothing: the time that every process takes. */
export const EMPTY_SCRIPT = "an empty script";

/** The name of the script that imports the one-file build. */
export const ONE_FILE = "osmem, one file";

/** Where the one-file build is made, and a script that imports it. */
const DIST = new URL("../dist/", import.meta.url);
const ONE_FILE_SCRIPT = new URL("start.js", DIST);

/** Whole programs, so that they stay small and apart. */
const SCRIPTS: Readonly<Record<string, URL>> = {
  [osmem.name]: new URL("startup/osmem.ts", import.meta.url),
  [ONE_FILE]: ONE_FILE_SCRIPT,
  [glibc.name]: new URL("startup/glibc.ts", import.meta.url),
  [EMPTY_SCRIPT]: new URL("startup/empty.ts", import.meta.url),
};

/** Times processes in turn, each from its start to its end; in nanoseconds. */
export async function measureStartup({ rounds }: Effort): Promise<Result> {
  await makeOneFile();
  const scripts = Object.entries(SCRIPTS).map(([peer, script]) => ({
    peer,
    script,
    times: new Float64Array(rounds),
  }));
  for (const { script } of scripts) await run(script);
  for (let round = 0; round < rounds; round++) {
    for (const { script, times } of scripts) times[round] = await run(script);
  }
  const timings = scripts.map(({ peer, times }) => timingOf(peer, times));
  return { ...STARTUP, blocks: 1, timings, leftOut: [] };
}

/** Makes the one-file build as `deno task bundle` does. */
async function makeOneFile(): Promise<void> {
  const bundle = new URL("../bundle/main.ts", import.meta.url);
  const lock = new URL("../deno.lock", import.meta.url);
  const locked = `--lock=${decodeURIComponent(lock.pathname)}`;
  await runDeno(["run", "--quiet", locked, "--allow-all", bundle.href]);
  await Deno.writeTextFile(
    ONE_FILE_SCRIPT,
    'import { Heap } from "./osmem.js";\n\nnew Heap().malloc(64);\n',
  );
}

async function run(script: URL): Promise<number> {
  const start = performance.now();
  await runDeno(["run", "--quiet", "--no-prompt", "--allow-ffi", script.href]);
  return (performance.now() - start) * 1e6;
}

async function runDeno(args: readonly string[]): Promise<void> {
  const { success } = await new Deno.Command(Deno.execPath(), {
    args: [...args],
    stderr: "inherit",
  }).output();
  if (!success) throw new Error(`deno ${args.join(" ")} failed`);
}
