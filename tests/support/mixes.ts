import { Lockstep } from "./lockstep.ts";
import type { ModelOptions } from "../../model/model.ts";
import type { Random } from "./seed.ts";

/** How long a random run is, and how often it looks at the whole heap. */
export interface Run {
  /** Calls, before those that free what is left. */
  readonly calls: number;
  /** After how many calls all blocks are compared with the model's. */
  readonly blocksEvery: number;
  /** After how many calls every invariant is checked. */
  readonly checkEvery: number;
}

/** Sizes, thresholds and preallocations that lead to a shape of the heap. */
export interface Mix {
  readonly name: string;
  /** Live blocks that the run hovers around. */
  readonly live: number;
  readonly options: Partial<ModelOptions>;
  readonly size: (random: Random) => number;
}

/** Mixes that lead to different shapes. */
export const MIXES: readonly Mix[] = [
  {
    name: "small blocks, the course's numbers",
    live: 40,
    options: {},
    size: (random) => random.between(0, 128),
  },
  {
    name: "few sizes, so that many fit exactly",
    live: 50,
    options: { preallocate: 0 },
    size: (random) => random.oneOf([8, 16, 24, 40, 64, 64, 104]),
  },
  {
    name: "sizes that are hardly ever split",
    live: 30,
    options: { preallocate: 4096 },
    size: (random) => random.between(60, 100),
  },
  {
    name: "sizes of every order, a third of them mapped",
    live: 20,
    options: {},
    size: (random) => random.between(0, 2 ** random.between(0, 19)),
  },
  {
    name: "a low threshold",
    live: 30,
    options: { mmapThreshold: 512, callocThreshold: 128, preallocate: 40 },
    size: (random) => random.between(0, 600),
  },
  {
    name: "nothing mapped",
    live: 25,
    options: {
      mmapThreshold: Infinity,
      callocThreshold: Infinity,
      preallocate: 0,
    },
    size: (random) => random.between(1, random.oneOf([40, 400, 40000])),
  },
  {
    name: "many blocks, seldom free",
    live: 150,
    options: { preallocate: 1 << 20 },
    size: (random) => random.between(16, 271),
  },
  {
    name: "a handful of blocks around the threshold",
    live: 5,
    options: {},
    size: (random) => random.between(130_900, 131_100),
  },
];

/**
 * Makes random calls on a heap and the model, then frees everything.
 *
 * @param policy Options that go before those of the mix.
 * @throws {Error} If the two differ; it says at which call.
 */
export function runMix(
  mix: Mix,
  random: Random,
  run: Run,
  policy: Partial<ModelOptions> = {},
): void {
  using pair = new Lockstep({ ...mix.options, ...policy }, run);
  explained(pair, () => {
    makeCalls(pair, run, () => randomCall(pair, random, mix));
    while (pair.live.length > 0) pair.free(0);
    pair.compareBlocks();
    pair.heap.heap.check();
  });
}

/**
 * Allocates `live` blocks, frees half of them, makes random calls that keep
 * about as many, and frees everything.
 *
 * @param policy The options of both sides.
 * @throws {Error} If heap and model differ; it says at which call.
 */
export function runSizeMix(
  mix: SizeMix,
  live: number,
  random: Random,
  run: Run,
  policy: Partial<ModelOptions> = {},
): void {
  using pair = new Lockstep(policy, run);
  const freeAny = () => pair.free(random.between(0, pair.live.length - 1));
  explained(pair, () => {
    while (pair.live.length < live) pair.malloc(mix.size(random));
    while (pair.live.length > live / 2) freeAny();
    makeCalls(pair, run, () => replaceBlock(pair, random, mix));
    while (pair.live.length > 0) freeAny();
    pair.malloc(100);
    pair.compareBlocks();
    pair.heap.heap.check();
  });
}

function makeCalls(pair: Lockstep, run: Run, call: () => void): void {
  while (pair.calls < run.calls) {
    call();
    if (pair.calls % run.checkEvery === 0) pair.heap.heap.check();
  }
}

function explained(pair: Lockstep, run: () => void): void {
  try {
    run();
  } catch (cause) {
    throw new Error(`It failed at call ${pair.calls}`, { cause });
  }
}

/** A random call that a mix makes likely. */
export function randomCall(pair: Lockstep, random: Random, mix: Mix): void {
  const full = pair.live.length >= random.between(0, 2 * mix.live);
  const index = random.between(0, Math.max(pair.live.length - 1, 0));
  if (full && pair.live.length > 0) {
    if (random.oneIn(3)) pair.realloc(index, mix.size(random));
    else pair.free(index);
  } else if (random.oneIn(6)) {
    pair.calloc(random.between(0, 8), Math.ceil(mix.size(random) / 8));
  } else if (random.oneIn(8)) {
    pair.reallocOther(anyNullOrFree(pair, random), mix.size(random));
  } else {
    pair.malloc(mix.size(random));
  }
}

/** NULL, or a place in a free block: what realloc() answers NULL to. */
function anyNullOrFree(pair: Lockstep, random: Random): number {
  const free = pair.model.blocks().filter(({ status }) => status === "free");
  const block = free[random.between(0, free.length)];
  return block ? block.address + random.between(0, 31 + block.size) : 0;
}

/** Sizes for thousands of blocks. */
export interface SizeMix {
  readonly name: string;
  readonly size: (random: Random) => number;
}

/** Mixes for thousands of blocks. */
export const SIZE_MIXES: readonly SizeMix[] = [
  { name: "one size", size: () => 64 },
  { name: "a few sizes", size: (random) => random.oneOf([24, 40, 64, 4200]) },
  { name: "small sizes", size: (random) => random.between(16, 271) },
  { name: "large sizes", size: (random) => random.between(3000, 9000) },
];

/** A random call that leaves about as many blocks live as there are. */
function replaceBlock(
  pair: Lockstep,
  random: Random,
  mix: SizeMix,
): void {
  const index = random.between(0, pair.live.length - 1);
  const kind = random.between(0, 4);
  if (kind < 2) pair.malloc(mix.size(random));
  else if (kind < 4) pair.free(index);
  else pair.realloc(index, mix.size(random));
}
