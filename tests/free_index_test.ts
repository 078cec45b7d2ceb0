import { assertEquals } from "@std/assert";
import { BoundaryTags } from "../heap/boundary_tags.ts";
import { FreeIndex } from "../heap/free_index.ts";
import { HEADER_CELLS } from "../heap/layout.ts";
import { STATE } from "../heap/tag_bytes.ts";
import { unitOf } from "../heap/units.ts";
import { type Random, seededRandom } from "./support/seed.ts";

const ANY = Infinity;

/** The same questions answered from a sorted array. */
class SortedBlocks {
  readonly #blocks: { cell: number; size: number }[] = [];

  get blocks(): readonly { cell: number; size: number }[] {
    return this.#blocks;
  }

  add(cell: number, size: number): void {
    this.#blocks.push({ cell, size });
    this.#blocks.sort((a, b) => a.size - b.size || a.cell - b.cell);
  }

  delete(cell: number): void {
    const at = this.#blocks.findIndex((block) => block.cell === cell);
    this.#blocks.splice(at, 1);
  }

  fit(size: number): { cell: number; size: number } | undefined {
    return this.#blocks.find((block) => block.size >= size);
  }
}

/**
 * A free index and the sorted array of the same blocks. They lie in places that
 * are far enough apart, each between allocated ones.
 */
class Pair {
  readonly index: FreeIndex;
  readonly sorted = new SortedBlocks();
  readonly #tags = new BoundaryTags();
  readonly #room: number;

  /** @param largest The largest size that will be added. */
  constructor(largest: number) {
    this.index = new FreeIndex(this.#tags);
    this.#room = largest + 2 * HEADER_CELLS + 1;
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
    this.index.add(cell, size);
    this.sorted.add(cell, size);
  }

  delete(cell: number, size: number): void {
    this.#tags.set(unitOf(cell), cell, STATE.allocated);
    this.index.delete(cell, size);
    this.sorted.delete(cell);
  }

  /** Takes the best fit, if it has at most `most` cells, on both sides. */
  take(size: number, most: number): void {
    const fit = this.sorted.fit(size);
    const isTaken = fit !== undefined && fit.size <= most;
    assertEquals(this.index.hasFit(size, most), isTaken);
    assertEquals(this.index.take(size, most), isTaken ? fit.cell : -1);
    if (!isTaken) return;
    assertEquals(this.index.taken, fit.size);
    this.#tags.set(unitOf(fit.cell), fit.cell, STATE.allocated);
    this.sorted.delete(fit.cell);
  }

  compare(): void {
    assertEquals(this.index.count, this.sorted.blocks.length);
    assertEquals(this.index.largest, this.sorted.blocks.at(-1)?.size ?? 0);
  }
}

/** Adds, deletes and takes at random, and compares every answer after each step. */
function compareWithSorted(
  largest: number,
  sizeOf: (random: Random) => number,
): void {
  const random = seededRandom();
  const pair = new Pair(largest);
  for (let call = 0; call < 4000; call++) {
    const isShrinking = call % 400 >= 250;
    const { blocks } = pair.sorted;
    const known = blocks[random.between(0, Math.max(blocks.length - 1, 0))];
    if (known && (isShrinking ? !random.oneIn(4) : random.oneIn(4))) {
      pair.delete(known.cell, known.size);
    } else {
      pair.add(random.between(0, 5000), sizeOf(random));
    }
    pair.compare();
    if (random.oneIn(2)) {
      pair.take(sizeOf(random), random.oneIn(2) ? ANY : sizeOf(random));
    }
  }
  for (const { cell, size } of pair.sorted.blocks) {
    assertEquals(pair.index.has(cell, size), true);
    assertEquals(pair.index.has(cell + 1, size), false);
    assertEquals(pair.index.has(cell, size + 1), false);
  }
}

Deno.test("the free index agrees with a sorted array: one size, many blocks behind its front", () => {
  compareWithSorted(8, () => 8);
});

Deno.test("the free index agrees with a sorted array: few sizes", () => {
  compareWithSorted(3, (random) => random.between(1, 3));
});

Deno.test("the free index agrees with a sorted array: every exact size", () => {
  compareWithSorted(512, (random) => random.between(1, 512));
});

Deno.test("the free index agrees with a sorted array: sizes around 4 KiB", () => {
  compareWithSorted(520, (random) => random.between(505, 520));
});

Deno.test("the free index agrees with a sorted array: sizes of every order", () => {
  compareWithSorted(
    2 ** 14,
    (random) => random.between(1, 2 ** random.between(0, 14)),
  );
});

Deno.test("an empty free index has no fit and no largest block", () => {
  const { index } = new Pair(8);
  assertEquals(index.take(1, ANY), -1);
  assertEquals(index.take(10_000, ANY), -1);
  assertEquals(index.hasFit(1, ANY), false);
  assertEquals([index.largest, index.count], [0, 0]);
});

Deno.test("of equal blocks the free index gives the lowest, in whatever order they came", () => {
  const random = seededRandom();
  const pair = new Pair(8);
  for (let place = 1000; place > 0; place -= 2) pair.add(place, 8);
  for (let call = 0; call < 1000; call++) pair.add(random.between(0, 1000), 8);
  while (pair.sorted.blocks.length > 0) pair.take(1, ANY);
  pair.take(1, ANY);
});

Deno.test("a free index that ran empty behind a front goes on with what is added", () => {
  const pair = new Pair(8);
  for (let place = 0; place < 40; place++) pair.add(place, 8);
  for (const { cell, size } of [...pair.sorted.blocks].slice(10)) {
    pair.delete(cell, size);
  }
  for (let place = 30; place < 60; place++) pair.add(place, 8);
  while (pair.sorted.blocks.length > 0) pair.take(3, ANY);
  assertEquals(pair.index.count, 0);
});
