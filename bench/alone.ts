import { CASES } from "./cases/all.ts";
import { CLIENTS } from "./clients/all.ts";
import { measureClient } from "./clients/measure_client.ts";
import { footprintOf } from "./footprint.ts";
import { type Effort, measure } from "./measure.ts";
import { osmem } from "./peers/all.ts";
import type { Result } from "./result.ts";

/**
 * Measures a case at one number of blocks, or a client, in a process of its own: what
 * the compiler learned from other cases, and what they left in the C library's heap,
 * would change the times.
 *
 * @param name The name of the case or of the client.
 * @param blocks How many blocks are live; a client decides that itself.
 * @param effort How long to measure.
 * @throws {Error} If the process fails, which prints the reason on standard error.
 */
export async function measureAlone(
  name: string,
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
      "--allow-env=NODE_ENV", // @thi.ng/malloc reads it
      import.meta.url,
      ...[name, blocks, rounds, turn].map(String),
    ],
    stderr: "inherit",
  }).output();
  if (code !== 0) {
    throw new Error(
      `Measuring "${name}" with ${blocks} blocks ended with exit code ${code}`,
    );
  }
  return JSON.parse(new TextDecoder().decode(stdout));
}

async function main([name, ...numbers]: readonly string[]): Promise<void> {
  const [blocks, rounds, turn] = numbers.map(Number) as [
    number,
    number,
    number,
  ];
  const effort = { rounds, turn };
  const client = CLIENTS.find((known) => known.name === name);
  const result = client
    ? measureClient(client, effort)
    : await measureCase(name, blocks, effort);
  console.log(JSON.stringify(result));
}

async function measureCase(
  name: string | undefined,
  blocks: number,
  effort: Effort,
): Promise<Result> {
  const measured = CASES.find((known) => known.name === name);
  if (!measured) throw new RangeError(`There is no case "${name}"`);
  const result = await measure(measured, blocks, effort);
  const hasOwnHeap = measured.peers[0] === osmem;
  return hasOwnHeap
    ? { ...result, footprint: await footprintOf(measured, blocks) }
    : result;
}

if (import.meta.main) await main(Deno.args);
