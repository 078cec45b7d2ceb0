import { assertEquals, assertLessOrEqual } from "@std/assert";
import { MaximumTree } from "../../../heap/fits/first_fit.ts";
import { seededRandom } from "../../support/seed.ts";

Deno.test("a maximum tree agrees with an array", () => {
  const random = seededRandom();
  const tree = new MaximumTree();
  const values: number[] = new Array(300).fill(0);
  for (let call = 0; call < 5000; call++) {
    const place = random.between(0, Math.min(call, 299));
    const value = random.between(0, random.oneOf([3, 1000]));
    tree.set(place, value);
    values[place] = value;
    assertEquals(tree.at(place), value);
    assertEquals(tree.largest, Math.max(...values));
    const from = random.between(0, 320);
    const least = random.between(1, 1001);
    const expected = values.findIndex((other, at) =>
      at >= from && other >= least
    );
    assertEquals(tree.first(least, from), expected);
  }
});

Deno.test("a maximum tree has 0 at every place that was never set", () => {
  const tree = new MaximumTree();
  assertEquals([tree.largest, tree.at(0), tree.at(1000)], [0, 0, 0]);
  assertEquals([tree.first(1, 0), tree.first(1, 1000)], [-1, -1]);
});

Deno.test("a maximum tree keeps its numbers when it is given room for more", () => {
  const tree = new MaximumTree();
  tree.set(0, 5);
  tree.set(1, 7);
  tree.set(100_000, 6);
  assertEquals([tree.at(0), tree.at(1), tree.at(100_000)], [5, 7, 6]);
  assertEquals([tree.first(6, 0), tree.first(6, 2)], [1, 100_000]);
});

Deno.test("a maximum tree visits two nodes a level at most", () => {
  const levels = 16;
  const tree = new MaximumTree();
  tree.set(2 ** levels - 1, 1);
  tree.set(2 ** levels - 2, 2);
  for (let place = 0; place < 2 ** levels; place += 7) {
    const before = tree.steps;
    tree.first(1, place);
    tree.first(3, place);
    tree.set(place, 0);
    assertLessOrEqual(tree.steps - before, 5 * levels);
  }
});
