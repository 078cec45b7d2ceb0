// The heap against the model, under commands that fast-check makes up and, when
// something differs, shrinks to the fewest that show it.
import fc from "fast-check";
import type { CoalescePolicy, FitPolicy } from "../../mod.ts";
import { Lockstep } from "../support/lockstep.ts";
import { chooseSeed, howToReplay } from "../support/seed.ts";
import { callsOf } from "../support/thoroughness.ts";

/** A call that is made on both sides, where it can be made. */
class Call implements fc.Command<Lockstep, Lockstep> {
  readonly #text: string;
  readonly #isPossible: (pair: Lockstep) => boolean;
  readonly #make: (pair: Lockstep) => void;

  constructor(
    text: string,
    isPossible: (pair: Lockstep) => boolean,
    make: (pair: Lockstep) => void,
  ) {
    this.#text = text;
    this.#isPossible = isPossible;
    this.#make = make;
  }

  check(pair: Lockstep): boolean {
    return this.#isPossible(pair);
  }

  run(_: Lockstep, pair: Lockstep): void {
    this.#make(pair);
    pair.heap.heap.check();
  }

  toString(): string {
    return this.#text;
  }
}

const always = () => true;
const hasLiveBlock = (pair: Lockstep) => pair.live.length > 0;
const freeBlocks = (pair: Lockstep) =>
  pair.model.blocks().filter(({ status }) => status === "free");

// Equal sizes for ties, small ones for splits, and neighbours of the thresholds.
const sizes = fc.oneof(
  fc.constantFrom(8, 24, 64),
  fc.nat(48),
  fc.nat(400),
  fc.integer({ min: 3900, max: 4200 }),
  fc.integer({ min: 130800, max: 131200 }),
  fc.nat(300000),
);
const picks = fc.nat(1000);

const mallocs = sizes.map((size) =>
  new Call(`malloc(${size})`, always, (pair) => pair.malloc(size))
);
const callocs = fc.tuple(fc.nat(70), fc.nat(70)).map(([nmemb, size]) =>
  new Call(
    `calloc(${nmemb}, ${size})`,
    always,
    (pair) => pair.calloc(nmemb, size),
  )
);
const frees = picks.map((pick) =>
  new Call(
    `free(live #${pick})`,
    hasLiveBlock,
    (pair) => pair.free(pick % pair.live.length),
  )
);
const reallocs = fc.tuple(picks, sizes).map(([pick, size]) =>
  new Call(
    `realloc(live #${pick}, ${size})`,
    hasLiveBlock,
    (pair) => pair.realloc(pick % pair.live.length, size),
  )
);
const reallocsOfNull = sizes.map((size) =>
  new Call(
    `realloc(NULL, ${size})`,
    always,
    (pair) => pair.reallocOther(0, size),
  )
);
const reallocsOfFree = fc.tuple(picks, picks, sizes).map((
  [pick, offset, size],
) =>
  new Call(
    `realloc(free #${pick} + ${offset}, ${size})`,
    (pair) => freeBlocks(pair).length > 0,
    (pair) => {
      const free = freeBlocks(pair);
      const block = free[pick % free.length]!;
      pair.reallocOther(block.address + offset % (32 + block.size), size);
    },
  )
);

const options = fc.record({
  fit: fc.constantFrom<FitPolicy>("best", "first", "next", "worst"),
  split: fc.constantFrom(true, true, false),
  coalesce: fc.constantFrom<CoalescePolicy>("deferred", "immediate", "never"),
  mmapThreshold: fc.constantFrom(131072, 131072, 8192, 512, Infinity),
  callocThreshold: fc.constantFrom(4096, 4096, 200, Infinity),
  preallocate: fc.constantFrom(131072, 131072, 0, 40, 4096),
  growth: fc.constantFrom(8, 8, 16, 56, 4096, 65536),
});
const commands = fc.commands(
  [mallocs, mallocs, callocs, frees, frees, reallocs].concat(
    [reallocs, reallocsOfNull, reallocsOfFree],
  ),
  { maxCommands: 120, size: "max" }, // by itself it stops at about 10
);

Deno.test("the heap does what the model does, whatever is called in whatever order", () => {
  const seed = chooseSeed();
  console.log(howToReplay(seed));
  fc.assert(
    fc.property(options, commands, (chosen, calls) => {
      using pair = new Lockstep(chosen);
      fc.modelRun(() => ({ model: pair, real: pair }), calls);
    }),
    { seed, numRuns: callsOf(600) },
  );
});
