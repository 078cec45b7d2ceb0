import { assertEquals } from "@std/assert";
import { BitTree } from "../../collections/bit_tree.ts";
import { seededRandom } from "../support/seed.ts";

/** Neighbours found the slow way. */
function neighbours(members: Set<number>, of: number): [number, number] {
  const sorted = [...members].sort((a, b) => a - b);
  return [
    sorted.findLast((member) => member < of) ?? -1,
    sorted.find((member) => member > of) ?? -1,
  ];
}

function compareWithSet(capacity: number): void {
  const random = seededRandom();
  const tree = new BitTree(capacity);
  const members = new Set<number>();
  for (let call = 0; call < 2000; call++) {
    const member = random.between(0, capacity - 1);
    if (members.delete(member)) tree.delete(member);
    else {
      tree.add(member);
      members.add(member);
    }
    if (members.size > 40) {
      for (const old of members) tree.delete(old);
      members.clear();
    }
    const from = random.between(0, capacity - 1);
    assertEquals(
      [tree.previous(from), tree.next(from)],
      neighbours(members, from),
    );
  }
}

for (const capacity of [1, 31, 32, 33, 1024, 1025, 40_000, 2_000_000]) {
  Deno.test(`a bit tree of ${capacity} finds the neighbours that a set has`, () => {
    compareWithSet(capacity);
  });
}

Deno.test("a bit tree keeps its members when it is made larger", () => {
  const tree = new BitTree(40);
  for (const member of [0, 31, 32, 39]) tree.add(member);
  tree.resize(100_000);
  tree.add(99_999);
  assertEquals([tree.next(0), tree.next(31), tree.next(32)], [31, 32, 39]);
  assertEquals([tree.next(39), tree.previous(99_999)], [99_999, 39]);
});
