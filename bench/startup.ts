import type { Effort } from "./measure.ts";
import { glibcPointers, osmem } from "./peers/all.ts";
import type { Result } from "./result.ts";
import { timingOf } from "./timing.ts";

/** What is measured here: not in one process, but whole processes. */
export const STARTUP = {
  case: "start to the first allocation",
  operation: "a process that allocates 64 bytes and ends",
} as const;

/** The name of the script that does nothing: what any process takes. */
export const EMPTY_SCRIPT = "an empty script";

const SCRIPTS: Readonly<Record<string, string>> = {
  [osmem.name]: "osmem.ts",
  [glibcPointers.name]: "glibc.ts",
  [EMPTY_SCRIPT]: "empty.ts",
};

/** Runs processes in turn, from their start to their end; in nanoseconds. */
export async function measureStartup({ rounds }: Effort): Promise<Result> {
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

async function run(script: string): Promise<number> {
  const url = new URL(`startup/${script}`, import.meta.url).href;
  const start = performance.now();
  const { success } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--no-prompt", "--allow-ffi", url],
    stderr: "inherit",
  }).output();
  if (!success) throw new Error(`bench/startup/${script} failed`);
  return (performance.now() - start) * 1e6;
}
