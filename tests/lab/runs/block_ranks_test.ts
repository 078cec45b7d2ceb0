import { assertEquals } from "@std/assert";
import { BlockRanks } from "../../../lab/runs/block_ranks.ts";
import { seededRandom } from "../../support/seed.ts";

Deno.test("before() counts the blocks that start below a cell", () => {
  const ranks = new BlockRanks();
  ranks.set(0, 10);
  ranks.set(10, 15);
  ranks.set(15, 500);
  assertEquals([0, 10, 15, 500].map((cell) => ranks.before(cell)), [
    0,
    1,
    2,
    3,
  ]);
});

Deno.test("a block that grows over others takes them out", () => {
  const ranks = new BlockRanks();
  ranks.set(0, 10);
  ranks.set(10, 20);
  ranks.set(20, 30);
  ranks.set(0, 20);
  assertEquals(ranks.before(20), 1);
  assertEquals(ranks.before(30), 2);
});

Deno.test("a block that ends within a unit leaves the next one in", () => {
  const ranks = new BlockRanks();
  ranks.set(11, 100);
  ranks.set(3, 11);
  assertEquals([ranks.before(11), ranks.before(100)], [1, 2]);
});

Deno.test("ranks are those of a plain count, whatever is merged and split", () => {
  const random = seededRandom();
  const ranks = new BlockRanks();
  let starts: number[] = [];
  const end = 1_000_000;
  ranks.set(0, end);
  starts = [0];
  for (let step = 0; step < 3000; step++) {
    const at = random.between(0, starts.length - 1);
    const start = starts[at]!;
    const next = starts[at + 1] ?? end;
    if (random.oneIn(3) && at + 2 < starts.length) {
      ranks.set(start, starts[at + 2]!);
      starts.splice(at + 1, 1);
    } else if (next - start >= 10) {
      const middle = random.between(start + 5, next - 5);
      ranks.set(start, middle);
      ranks.set(middle, next);
      starts.splice(at + 1, 0, middle);
    }
    const index = random.between(0, starts.length - 1);
    assertEquals(ranks.before(starts[index]!), index);
  }
});
