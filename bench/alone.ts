import { type Case, CASES } from "./cases/all.ts";
import { footprintOf } from "./footprint.ts";
import { type Effort, measure } from "./measure.ts";
import { osmem } from "./peers/all.ts";
import type { Result } from "./result.ts";

/**
 * Measures a case at one number of blocks in a process of its own, so that it
 * meets neither what the compiler learned from other cases nor what they left in
 * the C library's heap.
 *
 * @param measured The case.
 * @param blocks How many blocks are live.
 * @param effort How long to measure.
 * @throws {Error} If the process fails; it has said why on standard error.
 */
export async function measureAlone(
  measured: Case,
  blocks: number,
  { rounds, turn }: Effort,
): Promise<Result> {
  const { code, stdout } = await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--quiet",
      "--no-prompt",
      "--allow-ffi",
      "--allow-read",
      "--allow-env=NODE_ENV", // which @thi.ng/malloc reads
      import.meta.url,
      ...[measured.name, blocks, rounds, turn].map(String),
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

async function main([name, ...numbers]: readonly string[]): Promise<void> {
  const measured = CASES.find((known) => known.name === name);
  if (!measured) throw new RangeError(`There is no case "${name}"`);
  const [blocks, rounds, turn] = numbers.map(Number) as [
    number,
    number,
    number,
  ];
  const result = await measure(measured, blocks, { rounds, turn });
  const hasOwnHeap = measured.peers[0] === osmem;
  console.log(JSON.stringify(
    hasOwnHeap
      ? { ...result, footprint: await footprintOf(measured, blocks) }
      : result,
  ));
}

if (import.meta.main) await main(Deno.args);
