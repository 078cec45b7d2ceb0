import { assert, assertEquals, assertLess } from "@std/assert";
import { OrderedTree } from "../../collections/ordered_tree.ts";
import { seededRandom } from "../support/seed.ts";

type Pair = [major: number, minor: number];

function compare(a: Pair, b: Pair): number {
  return a[0] - b[0] || a[1] - b[1];
}

function pairOf(tree: OrderedTree, node: number): Pair | undefined {
  return node === 0 ? undefined : [tree.major(node), tree.minor(node)];
}

Deno.test("an ordered tree agrees with a sorted array", () => {
  const random = seededRandom();
  const tree = new OrderedTree();
  const pairs: Pair[] = [];
  for (let call = 0; call < 5000; call++) {
    const pair: Pair = [random.between(0, 20), random.between(0, 20)];
    const at = pairs.findIndex((other) => compare(other, pair) === 0);
    if (at < 0) {
      tree.add(...pair);
      pairs.push(pair);
      pairs.sort(compare);
    } else {
      assertEquals(tree.delete(...pair), true);
      pairs.splice(at, 1);
      assertEquals(tree.delete(...pair), false);
    }
    const wanted: Pair = [random.between(0, 21), random.between(0, 21)];
    const ceiling = pairs.find((other) => compare(other, wanted) >= 0);
    assertEquals(pairOf(tree, tree.ceiling(...wanted)), ceiling);
    assertEquals(pairOf(tree, tree.last()), pairs.at(-1));
  }
});

Deno.test("an ordered tree stays flat when pairs come in order", () => {
  const tree = new OrderedTree();
  const count = 2 ** 16;
  for (let minor = 0; minor < count; minor++) tree.add(1, minor);
  const before = tree.steps;
  const searches = 1000;
  for (let search = 0; search < searches; search++) {
    tree.ceiling(1, search * 65);
  }
  const mean = (tree.steps - before) / searches;
  assertLess(mean, 4 * Math.log2(count));
  assert(mean >= 1);
});

Deno.test("an ordered tree uses the nodes of deleted pairs again", () => {
  const tree = new OrderedTree();
  for (let minor = 0; minor < 100; minor++) tree.add(1, minor);
  const bytes = tree.byteLength;
  for (let round = 0; round < 100; round++) {
    for (let minor = 0; minor < 100; minor++) tree.delete(1, minor);
    for (let minor = 0; minor < 100; minor++) tree.add(1, minor);
  }
  assertEquals(tree.byteLength, bytes);
});

/** MurmurHash3's finaliser, which scrambles node numbers, without a seed. */
function scramble(node: number): number {
  let bits = Math.imul(node ^ (node >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return bits ^ (bits >>> 16);
}

Deno.test("an ordered tree stays flat when pairs come in the worst order for its hash", () => {
  const count = 2 ** 14;
  const nodes = Array.from({ length: count }, (_, at) => at + 1);
  const byPriority = nodes.toSorted((a, b) => scramble(b) - scramble(a));
  const rank = new Map(byPriority.map((node, at) => [node, at]));
  const tree = new OrderedTree();
  for (const node of nodes) tree.add(1, rank.get(node)!);
  const before = tree.steps;
  for (let search = 0; search < 1000; search++) {
    tree.ceiling(1, count - 1 - search);
  }
  assertLess((tree.steps - before) / 1000, 4 * Math.log2(count));
});
