import { assertEquals } from "@std/assert";
import { BoundaryTags } from "../../../heap/list/boundary_tags.ts";
import { FreedBlocks } from "../../../heap/list/freed_blocks.ts";
import { type BlockState, STATE, unitOf } from "../../../heap/layout.ts";
import { type Random, seededRandom } from "../../support/seed.ts";

const STATES = [STATE.free, STATE.allocated, STATE.freed] as const;

interface Tagged {
  readonly cell: number;
  /** The cell behind its last one: where the next one starts. */
  readonly end: number;
  readonly state: BlockState;
}

/** Blocks side by side from cell 0 on, a few of them long, and tags for them. */
class Row {
  readonly tags = new BoundaryTags();
  readonly blocks: readonly Tagged[];

  constructor(random: Random, count: number) {
    let end = 0;
    this.blocks = Array.from({ length: count }, () => {
      const cell = end;
      end += random.oneIn(20) ? random.between(600, 3000) : shortSize(random);
      return { cell, end, state: random.oneOf(STATES) };
    });
    for (const block of this.blocks) this.#tag(block);
    this.tags.reserve(end + 1);
    this.tags.set(unitOf(end), end, STATE.fence);
  }

  /** A row in which each block at an even place is joined with the block after it. */
  merged(): Row {
    const tags = this.tags;
    const blocks = this.blocks.filter((_, at) => at % 2 === 0)
      .map((block, at) => {
        const after = this.blocks[2 * at + 1];
        if (!after) return block;
        tags.delete(unitOf(after.cell));
        tags.join(unitOf(block.cell), unitOf(after.end));
        return { ...block, end: after.end };
      });
    return Object.assign(Object.create(Row.prototype), { tags, blocks });
  }

  #tag({ cell, end, state }: Tagged): void {
    this.tags.reserve(end + 1);
    this.tags.set(unitOf(cell), cell, state);
    this.tags.join(unitOf(cell), unitOf(end));
  }
}

/** The smallest sizes most often: their units have no room between them. */
function shortSize(random: Random): number {
  return random.between(5, random.oneOf([6, 12, 40]));
}

/** What the tags say of every block and every cell is what the blocks are. */
function compare({ tags, blocks }: Row): void {
  let before: Tagged | undefined;
  for (const block of blocks) {
    const { cell, end, state } = block;
    const unit = unitOf(cell);
    assertEquals(tags.state(cell), state);
    assertEquals(tags.stateIn(unit), state);
    assertEquals(tags.isFree(unit), state !== STATE.allocated);
    assertEquals(tags.cellIn(unit), cell);
    assertEquals(tags.next(unit), unitOf(end));
    assertEquals(tags.endOf(unit), end);
    assertEquals(tags.previous(unit), before ? unitOf(before.cell) : 0);
    for (let inside = cell; inside < end; inside++) {
      assertEquals(tags.startOf(inside), cell);
      if (inside !== cell) assertEquals(tags.state(inside), STATE.none);
    }
    before = block;
  }
}

Deno.test("boundary tags answer for every cell what a list of blocks does", () => {
  compare(new Row(seededRandom(), 800));
});

Deno.test("boundary tags answer so too when blocks were merged, short and long ones", () => {
  const random = seededRandom();
  const row = new Row(random, 800);
  compare(row.merged());
  compare(row.merged().merged());
});

Deno.test("boundary tags find a block from anywhere in one that was merged of a thousand long ones", () => {
  const row = new Row(seededRandom(), 3000);
  const [first, ...others] = row.blocks;
  const end = row.blocks.at(-1)!.end;
  for (const { cell } of others) row.tags.delete(unitOf(cell));
  row.tags.join(unitOf(first!.cell), unitOf(end));
  for (const { cell } of row.blocks) {
    assertEquals(row.tags.startOf(cell), first!.cell);
  }
  const before = row.tags.steps;
  assertEquals(row.tags.startOf(end - 1), first!.cell);
  // 32 words before the last cell, 32 of the units that it starts in, 32 of those
  // around the last cell if a long block once started there, and a few bits.
  assertEquals(row.tags.steps - before < 110, true);
});

Deno.test("no block starts before the first cell, nor after the fence", () => {
  const { tags, blocks } = new Row(seededRandom(), 20);
  const end = blocks.at(-1)!.end;
  for (const cell of [-11, -6, -4, -1, end + 5, end + 5000]) {
    assertEquals(tags.state(cell), STATE.none);
  }
  for (const fence of [-5, end]) assertEquals(tags.state(fence), STATE.fence);
  assertEquals(tags.isFree(unitOf(end)), false);
});

Deno.test("a block before a gap ends where the gap starts", () => {
  const { tags, blocks } = new Row(seededRandom(), 20);
  const [first, second] = blocks;
  tags.gaps.add(first!.end - 2, second!.cell);
  assertEquals(tags.endOf(unitOf(first!.cell)), first!.end - 2);
  assertEquals(tags.isMergeable(unitOf(second!.cell)), false);
});

Deno.test("the lowest free block of certain sizes in a range is that of a list of blocks", () => {
  const random = seededRandom();
  const { tags, blocks } = new Row(random, 2000);
  const lastUnit = unitOf(blocks.at(-1)!.end);
  for (let question = 0; question < 2000; question++) {
    const from = random.between(0, lastUnit);
    const to = from + random.between(0, 64);
    const least = random.between(5, 12);
    const most = least + random.oneOf([0, 0, 3, 1000]);
    const expected = blocks.find(({ cell, end, state }) =>
      state === STATE.free && end - cell >= least && end - cell <= most &&
      unitOf(cell) >= from && unitOf(cell) < to
    );
    assertEquals(
      tags.lowestFree(from, to, least, most),
      expected ? unitOf(expected.cell) : -1,
    );
  }
});

Deno.test("the largest free block in a range, but for one, is that of a list of blocks", () => {
  const random = seededRandom();
  const { tags, blocks } = new Row(random, 2000);
  const lastUnit = unitOf(blocks.at(-1)!.end);
  for (let question = 0; question < 2000; question++) {
    const from = random.between(0, lastUnit);
    const to = from + random.between(0, 64);
    const except = random.between(from, to);
    const sizes = blocks.filter(({ cell, state }) =>
      state === STATE.free && unitOf(cell) >= from && unitOf(cell) < to &&
      unitOf(cell) !== except
    ).map(({ cell, end }) => end - cell);
    assertEquals(tags.largestFree(from, to, except), Math.max(0, ...sizes));
  }
});

Deno.test("the freed blocks are found one after the other", () => {
  const { tags, blocks } = new Row(seededRandom(), 2000);
  const found: number[] = [];
  let unit = tags.nextFreed(0);
  while (unit >= 0) {
    found.push(tags.cellIn(unit));
    unit = tags.nextFreed(unit + 1);
  }
  const freed = blocks.filter(({ state }) => state === STATE.freed);
  assertEquals(found, freed.map(({ cell }) => cell));
});

/** Freed blocks of 5 cells side by side, all of them listed. */
function listFreed(count: number): { tags: BoundaryTags; freed: FreedBlocks } {
  const tags = new BoundaryTags();
  const freed = new FreedBlocks(tags);
  tags.reserve(5 * count);
  for (let cell = 0; cell < 5 * count; cell += 5) {
    tags.set(unitOf(cell), cell, STATE.freed);
    freed.add(cell);
  }
  return { tags, freed };
}

for (const count of [0, 1, 100, 257, 100_000]) {
  Deno.test(`${count} freed blocks are all taken, each once, and then there are none`, () => {
    const { tags, freed } = listFreed(count);
    const expected = new Set(Array.from({ length: count }, (_, at) => 5 * at));
    assertEquals(freed.count === 0, count === 0);
    assertEquals(new Set(freed), expected);
    for (let cell = freed.take(); cell >= 0; cell = freed.take()) {
      tags.set(unitOf(cell), cell, STATE.free);
      assertEquals(expected.delete(cell), true);
    }
    assertEquals(expected.size, 0);
    assertEquals(freed.count, 0);
  });
}

Deno.test("a freed block that is no longer freed is not taken", () => {
  const { tags, freed } = listFreed(1);
  tags.set(unitOf(0), 0, STATE.allocated);
  assertEquals([...freed], []);
  assertEquals(freed.take(), -1);
});
