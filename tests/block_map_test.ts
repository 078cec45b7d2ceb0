import { assertEquals } from "@std/assert";
import { BlockMap, type BlockState, STATE } from "../heap/block_map.ts";
import { FreedBlocks } from "../heap/freed_blocks.ts";
import { type Random, seededRandom } from "./support/seed.ts";

const STATES = [STATE.free, STATE.allocated, STATE.freed] as const;

/** Starts at random places, at least a smallest block apart. */
function randomStarts(random: Random, cells: number): Map<number, BlockState> {
  const starts = new Map<number, BlockState>();
  let cell = random.between(0, 4);
  while (cell < cells) {
    starts.set(cell, random.oneOf(STATES));
    cell += random.oneIn(20) ? random.between(5, 2000) : random.between(5, 12);
  }
  return starts;
}

function mapOf(starts: Map<number, BlockState>, cells: number): BlockMap {
  const map = new BlockMap();
  map.reserve(cells);
  for (const [cell, state] of starts) map.add(cell, state);
  return map;
}

Deno.test("a block map answers for every cell what a list of starts does", () => {
  const cells = 20_000;
  const starts = randomStarts(seededRandom(), cells);
  const map = mapOf(starts, cells);
  let before = -1;
  const sorted = [...starts.keys()];
  sorted.forEach((start, at) => {
    assertEquals(map.state(start), starts.get(start));
    assertEquals(map.next(start), sorted[at + 1] ?? -1);
    assertEquals(map.previous(start), before);
    assertEquals(map.stateBefore(start), starts.get(before) ?? STATE.none);
    const end = sorted[at + 1] ?? cells;
    for (let inside = start; inside < end; inside++) {
      assertEquals(map.startOf(inside), start);
      if (inside !== start) assertEquals(map.state(inside), STATE.none);
    }
    before = start;
  });
});

Deno.test("a block map releases allocated blocks, and only where one starts", () => {
  const cells = 20_000;
  const starts = randomStarts(seededRandom(), cells);
  const map = mapOf(starts, cells);
  for (let cell = 0; cell < cells; cell++) {
    const before = starts.get(cell) ?? STATE.none;
    const isAllocated = before === STATE.allocated;
    assertEquals(map.release(cell), isAllocated ? map.next(cell) : -1);
    assertEquals(map.state(cell), isAllocated ? STATE.freed : before);
  }
});

Deno.test("a block map forgets what is deleted and keeps what is changed", () => {
  const random = seededRandom();
  const cells = 20_000;
  const starts = randomStarts(random, cells);
  const map = mapOf(starts, cells);
  for (const cell of [...starts.keys()]) {
    if (random.oneIn(2)) {
      map.delete(cell);
      starts.delete(cell);
    } else {
      const state = random.oneOf(STATES);
      map.change(cell, state);
      starts.set(cell, state);
    }
  }
  map.reserve(10 * cells);
  const sorted = [...starts.keys()];
  sorted.forEach((cell, at) => {
    assertEquals(map.state(cell), starts.get(cell));
    assertEquals(map.next(cell), sorted[at + 1] ?? -1);
  });
});

Deno.test("freed blocks are all taken, also when there are more than the list holds", () => {
  const map = new BlockMap();
  map.reserve(5 * 100_000);
  const freed = new FreedBlocks(map);
  const expected = new Set<number>();
  for (let cell = 0; cell < 5 * 100_000; cell += 5) {
    map.add(cell, STATE.freed);
    freed.add(cell);
    expected.add(cell);
  }
  assertEquals(new Set(freed), expected);
  for (let cell = freed.take(); cell >= 0; cell = freed.take()) {
    map.change(cell, STATE.free);
    assertEquals(expected.delete(cell), true);
  }
  assertEquals(expected.size, 0);
});

Deno.test("a freed block that is no longer freed is not taken", () => {
  const map = new BlockMap();
  map.reserve(100);
  const freed = new FreedBlocks(map);
  map.add(10, STATE.freed);
  freed.add(10);
  map.change(10, STATE.allocated);
  assertEquals(freed.take(), -1);
});
