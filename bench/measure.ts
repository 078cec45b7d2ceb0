import type { Case } from "./cases/all.ts";
import { type Contestant, enter, MissingPeerError } from "./contestant.ts";
import type { Peer } from "./peers/all.ts";
import { type Result, timingOf } from "./result.ts";
import type { Workload } from "./workload.ts";

/** How long to measure. */
export interface Effort {
  /** Rounds that are timed. */
  readonly rounds: number;
  /** Milliseconds of each allocator's turn in a round, at least. */
  readonly turn: number;
}

/**
 * Measures a case: the allocators take turns, round by round, so that whatever else the
 * machine does slows all of them alike.
 *
 * @param measured The case.
 * @param blocks How many blocks are live.
 * @param effort How long to measure.
 * @throws {MissingPeerError} If the first of the allocators is not installed.
 */
export async function measure(
  measured: Case,
  blocks: number,
  effort: Effort,
): Promise<Result> {
  using owner = new DisposableStack();
  const contestants: Contestant[] = [];
  const leftOut: string[] = [];
  const [ours] = measured.peers;
  for (const peer of measured.peers) {
    if (blocks > (peer.mostBlocks ?? Infinity)) continue;
    try {
      contestants.push(owner.use(await enter(measured, peer, blocks)));
    } catch (error) {
      const isOther = error instanceof MissingPeerError && peer !== ours;
      if (!isOther) throw error;
      leftOut.push(error.message);
    }
  }
  const { name, operation } = measured;
  const timings = takeTurns(contestants, effort);
  return { case: name, operation, blocks, timings, leftOut };
}

/** Milliseconds for each allocator before the first round: its code is compiled then. */
const WARM_UP = 300;

/** An allocator, and its times. */
interface Runner {
  readonly peer: Peer;
  readonly workload: Workload;
  /** Parts of the workload in a turn. */
  parts: number;
  /** Nanoseconds an operation, of each round. */
  readonly times: Float64Array;
}

/** Times workloads in turns, round by round. The timings are in the order given. */
export function takeTurns(
  contestants: readonly Pick<Contestant, "peer" | "workload">[],
  { rounds, turn }: Effort,
): Result["timings"] {
  const runners = contestants.map(({ peer, workload }): Runner => ({
    peer,
    workload,
    parts: 1,
    times: new Float64Array(rounds),
  }));
  for (const runner of runners) runner.parts = warmUp(runner.workload, turn);
  for (let round = 0; round < rounds; round++) {
    // Every second round runs backwards, so that no allocator always follows the same
    // other allocator.
    for (const runner of runners) {
      runner.times[round] = time(runner.workload, runner.parts);
    }
    runners.reverse();
  }
  if (rounds % 2 === 1) runners.reverse();
  return runners.map(({ peer, times }) => timingOf(peer.name, times));
}

/** Runs a workload until its code is compiled; returns the parts that fill a turn. */
function warmUp(workload: Workload, turn: number): number {
  const end = performance.now() + Math.min(WARM_UP, 30 * turn);
  let parts = partsIn(turn, workload);
  while (performance.now() < end) parts = partsIn(turn, workload);
  return parts;
}

/** How many parts of a workload fill this time: at least one. */
function partsIn(milliseconds: number, workload: Workload): number {
  const wanted = milliseconds * 1e6 / workload.operations; // ns, divided by operations
  for (let parts = 1;; parts *= 2) {
    const all = parts * time(workload, parts);
    if (all >= wanted / 2) return Math.max(1, Math.round(parts * wanted / all));
  }
}

/** Nanoseconds an operation. */
function time(workload: Workload, parts: number): number {
  const start = performance.now();
  workload.run(parts);
  const nanoseconds = (performance.now() - start) * 1e6;
  return nanoseconds / (parts * workload.operations);
}
