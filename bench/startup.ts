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

/** Files of `startup/`. Each is a whole program, so that they stay small and apart. */
const SCRIPTS: Readonly<Record<string, string>> = {
  [osmem.name]: "osmem.ts",
  [glibc.name]: "glibc.ts",
  [EMPTY_SCRIPT]: "empty.ts",
};

/** Times processes in turn, each from its start to its end; in nanoseconds. */
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
