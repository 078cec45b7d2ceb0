// A map for keys that come and go, compared with a Map, and how long it takes.
import { assertEquals, assertLess } from "@std/assert";
import { RecyclingMap } from "../../collections/recycling_map.ts";
import { seededTests } from "../support/seed.ts";

const test = seededTests("maps of keys that come and go");

test("a recycling map holds what a Map holds", (random) => {
  const map = new RecyclingMap<{ value: number }>();
  const expected = new Map<number, { value: number }>();
  for (let call = 0; call < 20_000; call++) {
    const key = random.between(0, 2 ** random.between(1, 12));
    const value = { value: call };
    if (random.oneIn(2)) {
      map.set(key, value);
      expected.set(key, value);
    } else {
      map.delete(key);
      expected.delete(key);
    }
    assertEquals([map.get(key), map.has(key)], [
      expected.get(key),
      expected.has(key),
    ]);
    assertEquals(map.size, expected.size);
  }
  assertEquals(new Map(map), expected);
  map.clear();
  assertEquals([map.size, [...map]], [0, []]);
});

Deno.test("a key that comes and goes takes no longer beside many others", () => {
  const map = new RecyclingMap<object>();
  for (let key = 0; key < 100_000; key++) map.set(96 * key, map);
  const start = performance.now();
  for (let turn = 0; turn < 100_000; turn++) {
    map.set(-8, map);
    map.delete(-8);
  }
  assertLess(performance.now() - start, 2000); // a Map takes ten times as long
  assertEquals(map.size, 100_000);
});
