// Each fit against a sorted array of the same blocks.
import { assertEquals, assertLess } from "@std/assert";
import { BoundaryTags } from "../../../heap/list/boundary_tags.ts";
import { ANY_SIZE, type Fit } from "../../../heap/fits/fit.ts";
import { openFit } from "../../../heap/fits/open_fit.ts";
import { HEADER_CELLS, STATE, unitOf } from "../../../heap/layout.ts";
import type { FitPolicy } from "../../../mod.ts";
import { FITS } from "../../support/policies.ts";
import { type Random, seededRandom } from "../../support/seed.ts";
import { IS_THOROUGH } from "../../support/thoroughness.ts";

interface FreeBlock {
  readonly cell: number;
  readonly size: number;
}

/** Answers the questions of a fit from an array in address order. */
class SortedBlocks {
  readonly #policy: FitPolicy;
  readonly #blocks: FreeBlock[] = [];

  constructor(policy: FitPolicy) {
    this.#policy = policy;
  }

  get blocks(): readonly FreeBlock[] {
    return this.#blocks;
  }

  add(cell: number, size: number): void {
    this.#blocks.push({ cell, size });
    this.#blocks.sort((a, b) => a.cell - b.cell);
  }

  delete(cell: number): void {
    const at = this.#blocks.findIndex((block) => block.cell === cell);
    this.#blocks.splice(at, 1);
  }

  /** The block to take, unless the last block of the list is to be. */
  fit(size: number, last: number, from: number): FreeBlock | undefined {
    const fits = this.#blocks.filter((block) => block.size >= size);
    const sizes = fits.map((block) => block.size);
    switch (this.#policy) {
      case "best": {
        const smallest = Math.min(...sizes);
        return fits.find((block) =>
          block.size === smallest && smallest <= last
        );
      }
      case "first":
        return fits[0];
      case "next":
        return fits.find(({ cell }) => cell >= from) ??
          (last === ANY_SIZE ? fits[0] : undefined);
      case "worst": {
        const largest = Math.max(...sizes);
        const isLarger = last === ANY_SIZE || largest >= last;
        return fits.find((block) => block.size === largest && isLarger);
      }
    }
  }
}

/**
 * A fit and the sorted array of the same blocks. They lie in places that are far
 * enough apart, each between allocated ones.
 */
class Pair {
  readonly fit: Fit;
  readonly sorted: SortedBlocks;
  readonly #tags = new BoundaryTags();
  readonly #room: number;
  /** The cell where the next search starts. */
  #searchFrom = 0;

  /** @param largest The largest size that will be added. */
  constructor(policy: FitPolicy, largest: number) {
    this.fit = openFit(policy, this.#tags, () => this.#searchFrom);
    this.sorted = new SortedBlocks(policy);
    this.#room = largest + 2 * HEADER_CELLS + 1;
  }

  /** Lets the next search start at one of the places. */
  searchFrom(place: number): void {
    this.#searchFrom = place * this.#room;
  }

  /** Adds a block at one of the places, unless there is one. */
  add(place: number, size: number): void {
    const cell = place * this.#room;
    if (this.sorted.blocks.some((block) => block.cell === cell)) return;
    const end = cell + HEADER_CELLS + size;
    this.#tags.reserve(end + this.#room);
    this.#tags.set(unitOf(end), end, STATE.allocated);
    this.#tags.set(unitOf(cell), cell, STATE.free);
    this.#tags.join(unitOf(cell), unitOf(end));
    this.fit.add(cell, size);
    this.sorted.add(cell, size);
  }

  delete(cell: number, size: number): void {
    this.#tags.set(unitOf(cell), cell, STATE.allocated);
    this.fit.delete(cell, size);
    this.sorted.delete(cell);
  }

  /** Takes a block on both sides, beside a last block of the list of this size. */
  take(size: number, last: number): void {
    const from = this.#searchFrom;
    const expected = this.sorted.fit(size, last, from);
    assertEquals(this.fit.hasFit(size, last), expected !== undefined);
    assertEquals(this.fit.take(size, last), expected?.cell ?? -1);
    if (!expected) return;
    assertEquals(this.fit.taken, expected.size);
    this.#tags.set(unitOf(expected.cell), expected.cell, STATE.allocated);
    this.sorted.delete(expected.cell);
  }

  compare(): void {
    const sizes = this.sorted.blocks.map(({ size }) => size);
    assertEquals(this.fit.count, sizes.length);
    assertEquals(this.fit.largest, Math.max(0, ...sizes));
  }
}

/** Calls that first add more blocks than they delete, and then fewer. */
const CYCLE = 400;
const CALLS = IS_THOROUGH ? 10 * CYCLE : CYCLE;

/** Adds, deletes and takes at random, and compares every answer after each step. */
function compareWithSorted(
  policy: FitPolicy,
  largest: number,
  sizeOf: (random: Random) => number,
): void {
  const random = seededRandom();
  const pair = new Pair(policy, largest);
  for (let call = 0; call < CALLS; call++) {
    const isShrinking = call % CYCLE >= 250;
    const { blocks } = pair.sorted;
    const known = blocks[random.between(0, Math.max(blocks.length - 1, 0))];
    if (known && (isShrinking ? !random.oneIn(4) : random.oneIn(4))) {
      pair.delete(known.cell, known.size);
    } else {
      pair.add(random.between(0, 5000), sizeOf(random));
    }
    pair.compare();
    if (random.oneIn(2)) takeAny(pair, random, sizeOf(random), sizeOf(random));
  }
  for (const { cell, size } of pair.sorted.blocks) {
    assertEquals(pair.fit.has(cell, size), true);
    assertEquals(pair.fit.has(cell + 1, size), false);
    assertEquals(pair.fit.has(cell, size + 1), false);
  }
}

function takeAny(
  pair: Pair,
  random: Random,
  size: number,
  other: number,
): void {
  pair.searchFrom(random.oneIn(4) ? 0 : random.between(0, 5000));
  pair.take(size, random.oneIn(2) ? ANY_SIZE : Math.max(size, other));
}

const MIXES: readonly {
  readonly name: string;
  readonly largest: number;
  readonly sizeOf: (random: Random) => number;
}[] = [
  { name: "one size, many blocks of it", largest: 8, sizeOf: () => 8 },
  {
    name: "few sizes",
    largest: 3,
    sizeOf: (random) => random.between(1, 3),
  },
  {
    name: "every exact size",
    largest: 512,
    sizeOf: (random) => random.between(1, 512),
  },
  {
    name: "sizes around 4 KiB",
    largest: 520,
    sizeOf: (random) => random.between(505, 520),
  },
  {
    name: "sizes of every order",
    largest: 2 ** 14,
    sizeOf: (random) => random.between(1, 2 ** random.between(0, 14)),
  },
];

for (const policy of FITS) {
  for (const { name, largest, sizeOf } of MIXES) {
    Deno.test(`${policy} fit agrees with a sorted array: ${name}`, () => {
      compareWithSorted(policy, largest, sizeOf);
    });
  }

  Deno.test(`${policy} fit of no blocks finds none, and no largest`, () => {
    const { fit } = new Pair(policy, 8);
    assertEquals(fit.take(1, ANY_SIZE), -1);
    assertEquals(fit.take(10_000, ANY_SIZE), -1);
    assertEquals(fit.hasFit(1, ANY_SIZE), false);
    assertEquals([fit.largest, fit.count], [0, 0]);
  });

  Deno.test(`of equal blocks ${policy} fit gives the lowest, in whatever order they came`, () => {
    const random = seededRandom();
    const pair = new Pair(policy, 8);
    for (let place = 1000; place > 0; place -= 2) pair.add(place, 8);
    for (let call = 0; call < 1000; call++) {
      pair.add(random.between(0, 1000), 8);
    }
    while (pair.sorted.blocks.length > 0) pair.take(1, ANY_SIZE);
    pair.take(1, ANY_SIZE);
  });

  Deno.test(`${policy} fit that ran empty goes on with what is added`, () => {
    const pair = new Pair(policy, 8);
    for (let place = 0; place < 40; place++) pair.add(place, 8);
    for (const { cell, size } of [...pair.sorted.blocks].slice(10)) {
      pair.delete(cell, size);
    }
    for (let place = 30; place < 60; place++) pair.add(place, 8);
    while (pair.sorted.blocks.length > 0) pair.take(3, ANY_SIZE);
    assertEquals(pair.fit.count, 0);
  });

  Deno.test(`${policy} fit visits few entries, however many blocks there are`, () => {
    const random = seededRandom();
    const pair = new Pair(policy, 600);
    for (let place = 0; place < 2000; place++) {
      pair.add(place, random.between(1, 600));
    }
    const before = pair.fit.steps;
    for (let call = 0; call < 500; call++) {
      pair.searchFrom(random.between(0, 2000));
      pair.take(random.between(1, 600), ANY_SIZE);
    }
    assertLess((pair.fit.steps - before) / 500, 120);
  });
}
