import { type Case, CASES } from "./cases/all.ts";
import { measure, type Result } from "./measure.ts";
import { PEERS } from "./peers/all.ts";

/**
 * Measures a case at one number of blocks in a process of its own, so that it
 * meets neither what the compiler learned from other cases nor what they left in
 * the C library's heap.
 *
 * @param measured The case.
 * @param blocks How many blocks are live.
 * @param rounds How many rounds are timed.
 * @throws {Error} If the process fails; it has said why on standard error.
 */
export async function measureAlone(
  measured: Case,
  blocks: number,
  rounds: number,
): Promise<Result> {
  const { code, stdout } = await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--quiet",
      "--no-prompt",
      "--allow-ffi",
      "--allow-read",
      import.meta.url,
      ...[measured.name, blocks, rounds].map(String),
    ],
    stderr: "inherit",
  }).output();
  if (code !== 0) {
    throw new Error(
      `Measuring "${measured.name}" with ${blocks} blocks ended with exit code ${code}`,
    );
  }
  return JSON.parse(new TextDecoder().decode(stdout));
}

if (import.meta.main) {
  const [name, blocks, rounds] = Deno.args;
  const measured = CASES.find((known) => known.name === name);
  if (!measured) throw new RangeError(`There is no case "${name}"`);
  const result = await measure(measured, Number(blocks), PEERS, Number(rounds));
  console.log(JSON.stringify(result));
}
