// Ranges of addresses and what lies in them, compared with a search through all.
import { assertEquals, assertLessOrEqual } from "@std/assert";
import {
  type IndexedRange,
  RangeIndex,
} from "../../collections/range_index.ts";
import { type Random, seededTests } from "../support/seed.ts";

const PAGE = 4096;
const START = 0x7f00_0000_0000;

/** Ranges one behind the other, some with room in between, of lengths of every order. */
function randomRanges(count: number, random: Random): IndexedRange[] {
  let address = START;
  return Array.from({ length: count }, () => {
    const room = random.oneIn(2) ? 0 : PAGE * random.between(1, 40);
    const length = random.between(1, PAGE * 2 ** random.between(0, 12));
    const range = { address: address + room, length };
    address += room + Math.ceil(length / PAGE) * PAGE;
    return range;
  });
}

/** The first and the last address of a range, those beside it, and one within. */
function probesOf({ address, length }: IndexedRange, random: Random): number[] {
  const behind = address + length;
  const within = address + random.between(0, length - 1);
  return [address - 1, address, within, behind - 1, behind];
}

function found(ranges: readonly IndexedRange[], probe: number) {
  return ranges.find(({ address, length }) =>
    probe >= address && probe < address + length
  );
}

const test = seededTests("random ranges of addresses");

test("a range is found by every address within, and by no other", (random) => {
  const index = new RangeIndex<IndexedRange>();
  const ranges = randomRanges(300, random);
  for (const range of ranges) index.add(range);
  while (ranges.length > 0) {
    const [gone] = ranges.splice(random.between(0, ranges.length - 1), 1);
    index.delete(gone!);
    for (const probe of probesOf(gone!, random)) {
      assertEquals(index.around(probe), found(ranges, probe));
    }
    for (const range of ranges.slice(0, 20)) {
      for (const probe of probesOf(range, random)) {
        assertEquals(index.around(probe), found(ranges, probe));
      }
    }
  }
});

test("finding one of a hundred thousand ranges takes as few steps as one of a hundred", (random) => {
  for (const count of [100, 100_000]) {
    const index = new RangeIndex<IndexedRange>();
    const ranges = randomRanges(count, random);
    for (const range of ranges) index.add(range);
    for (let probe = 0; probe < 1000; probe++) {
      const range = ranges[random.between(0, count - 1)]!;
      const before = index.steps;
      assertEquals(index.around(range.address + range.length - 1), range);
      assertLessOrEqual(index.steps - before, 4 * 25); // of orders, and three ranges each
    }
  }
});
