import { quantile } from "../lab/quantile.ts";
import type { Case } from "./cases/all.ts";
import { type Contestant, enter, MissingPeerError } from "./contestant.ts";
import type { Peer } from "./peers/all.ts";

/** How long an operation takes on one allocator, in nanoseconds. */
export interface Timing {
  /** The allocator's name. */
  readonly peer: string;
  /** The median of the rounds. */
  readonly median: number;
  /** A quarter of the rounds were at most this fast. */
  readonly lowerQuartile: number;
  /** Three quarters of the rounds were at most this slow. */
  readonly upperQuartile: number;
}

/** A case at one number of blocks, on every allocator that is there. */
export interface Result {
  /** The case. */
  readonly case: string;
  /** What counts as one operation. */
  readonly operation: string;
  /** How many blocks are live. */
  readonly blocks: number;
  /** Ours first. */
  readonly timings: readonly Timing[];
  /** Which allocators are not there, and why. */
  readonly leftOut: readonly string[];
}

/**
 * Measures a case: all allocators take turns, round by round, so that whatever
 * else the machine does meets all of them alike.
 *
 * @param measured The case.
 * @param blocks How many blocks are live.
 * @param peers The allocators.
 * @param rounds How many rounds are timed, after two that are not.
 * @throws {MissingPeerError} If the first of the allocators is not there.
 */
export async function measure(
  measured: Case,
  blocks: number,
  peers: readonly Peer[],
  rounds: number,
): Promise<Result> {
  using owner = new DisposableStack();
  const contestants: Contestant[] = [];
  const leftOut: string[] = [];
  for (const peer of peers) {
    try {
      contestants.push(owner.use(await enter(measured, peer, blocks)));
    } catch (error) {
      const isOther = error instanceof MissingPeerError && peer !== peers[0];
      if (!isOther) throw error;
      leftOut.push(error.message);
    }
  }
  const { name, operation } = measured;
  const timings = takeTurns(contestants, rounds);
  return { case: name, operation, blocks, timings, leftOut };
}

const WARM_UP_ROUNDS = 2;

function takeTurns(
  contestants: readonly Contestant[],
  rounds: number,
): Timing[] {
  const times = contestants.map(() => new Float64Array(rounds));
  for (let round = -WARM_UP_ROUNDS; round < rounds; round++) {
    contestants.forEach(({ workload }, index) => {
      const start = performance.now();
      workload.round();
      const nanoseconds = (performance.now() - start) * 1e6;
      if (round >= 0) times[index]![round] = nanoseconds / workload.operations;
    });
  }
  return contestants.map(({ peer }, index) => {
    const all = times[index]!;
    return {
      peer: peer.name,
      median: quantile(all, 0.5),
      lowerQuartile: quantile(all, 0.25),
      upperQuartile: quantile(all, 0.75),
    };
  });
}
