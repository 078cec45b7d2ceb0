import { assertEquals } from "@std/assert";
import { FreeIndex } from "../heap/free_index.ts";
import { type Random, seededRandom } from "./support/seed.ts";

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

  delete(cell: number, size: number): boolean {
    const at = this.#blocks.findIndex((block) =>
      block.cell === cell && block.size === size
    );
    if (at >= 0) this.#blocks.splice(at, 1);
    return at >= 0;
  }

  fit(size: number): number {
    return this.#blocks.find((block) => block.size >= size)?.size ?? 0;
  }

  take(size: number): number {
    const at = this.#blocks.findIndex((block) => block.size === size);
    return this.#blocks.splice(at, 1)[0]?.cell ?? -1;
  }

  largest(): number {
    return this.#blocks.at(-1)?.size ?? 0;
  }
}

/** Adds and deletes at random, and compares every answer after each step. */
function compareWithSorted(
  sizes: (random: Random) => number,
  calls: number,
): void {
  const random = seededRandom();
  const index = new FreeIndex();
  const sorted = new SortedBlocks();
  let nextCell = 0;
  for (let call = 0; call < calls; call++) {
    const isShrinking = call % 400 >= 250;
    const known =
      sorted.blocks[random.between(0, Math.max(sorted.blocks.length - 1, 0))];
    if (known && (isShrinking ? !random.oneIn(4) : random.oneIn(4))) {
      assertEquals(index.delete(known.cell, known.size), true);
      sorted.delete(known.cell, known.size);
    } else {
      nextCell += random.between(1, 1000);
      const cell = random.oneIn(2) ? nextCell : 2 ** 30 - nextCell;
      const size = sizes(random);
      index.add(cell, size);
      sorted.add(cell, size);
    }
    assertEquals(index.count, sorted.blocks.length);
    assertEquals(index.largest(), sorted.largest());
    const wanted = sizes(random);
    const fit = index.fit(wanted);
    assertEquals(fit, sorted.fit(wanted));
    if (fit !== 0 && random.oneIn(2)) {
      assertEquals(index.take(fit), sorted.take(fit));
    }
  }
  for (const { cell, size } of sorted.blocks) {
    assertEquals(index.has(cell, size), true);
  }
}

Deno.test("the free index agrees with a sorted array: few sizes, fronts overflow", () => {
  compareWithSorted((random) => random.between(1, 3), 4000);
});

Deno.test("the free index agrees with a sorted array: every exact size", () => {
  compareWithSorted((random) => random.between(1, 512), 4000);
});

Deno.test("the free index agrees with a sorted array: sizes around 4 KiB", () => {
  compareWithSorted((random) => random.between(505, 520), 4000);
});

Deno.test("the free index agrees with a sorted array: sizes up to 8 GiB", () => {
  compareWithSorted(
    (random) => random.between(1, 2 ** random.between(0, 30)),
    4000,
  );
});

Deno.test("an empty free index has no fit and no largest block", () => {
  const index = new FreeIndex();
  assertEquals(index.fit(1), 0);
  assertEquals(index.fit(10_000), 0);
  assertEquals(index.largest(), 0);
});

Deno.test("the free index says that a block which is not in it was not deleted", () => {
  const index = new FreeIndex();
  index.add(100, 8);
  assertEquals(index.delete(101, 8), false);
  assertEquals(index.delete(100, 9), false);
  assertEquals(index.delete(100, 1000), false);
  assertEquals(index.has(101, 8), false);
  assertEquals(index.count, 1);
});

Deno.test("of equal blocks the free index gives the lowest, also behind a full front", () => {
  const index = new FreeIndex();
  for (let cell = 1000; cell > 0; cell -= 10) index.add(cell, 8);
  for (let cell = 10; cell <= 1000; cell += 10) {
    assertEquals(index.fit(1), 8);
    assertEquals(index.take(8), cell);
  }
  assertEquals(index.fit(1), 0);
});
