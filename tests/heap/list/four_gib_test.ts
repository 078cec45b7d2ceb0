// Small blocks where the numbers of bytes and cells outgrow 32 bits: around the
// heap's own 4 GiB, and around an address that is a multiple of 4 GiB. Heaps
// start at several places, so that the border cuts headers in every way. Of the
// 6 GiB only what lies around it is touched.
import { assertGreater } from "@std/assert";
import { Lockstep } from "../../support/lockstep.ts";
import { HEAP_START } from "../../support/places.ts";
import { type Random, seededRandom } from "../../support/seed.ts";
import { IS_THOROUGH } from "../../support/thoroughness.ts";

const GIB = 2 ** 30;
const CALLS = IS_THOROUGH ? 1500 : 500;
const OPTIONS = {
  preallocate: 0,
  mmapThreshold: Infinity,
  callocThreshold: Infinity,
};

/** Bytes from the arena's start to the heap's. */
const STARTS = [0, 8, 24, 4096 - 16, 123_456_792, GIB - 8];

/** The blocks before the border have room in this. */
const LEAST_DISTANCE = 2048;

/** How far the border lies behind the heap's start, whose address is given. */
const BORDERS: Readonly<Record<string, (start: number) => number>> = {
  "the heap's first 4 GiB": () => 4 * GIB,
  "a multiple of 4 GiB in memory": (start) => {
    const distance = 4 * GIB - start % (4 * GIB);
    return distance < LEAST_DISTANCE ? distance + 4 * GIB : distance;
  },
};

/** A random call; the first live block, which keeps the others there, stays. */
function call(pair: Lockstep, random: Random): void {
  const size = random.between(1, random.oneOf([40, 300, 5000]));
  const count = pair.live.length;
  if (count < 2 || count < random.between(0, 60)) return pair.malloc(size);
  const index = random.between(1, count - 1);
  if (random.oneIn(4)) pair.realloc(index, size);
  else pair.free(index);
}

for (const [name, distance] of Object.entries(BORDERS)) {
  for (const startAt of STARTS) {
    Deno.test(`random calls across ${name} match the model, ${startAt} bytes into the arena`, () => {
      const random = seededRandom();
      using pair = new Lockstep(OPTIONS, { reserve: 6 * GIB, startAt });
      const border = distance(pair.heap.addressOf(HEAP_START));
      pair.malloc(border - 32 - 8 * random.between(0, 200));
      while (pair.calls < CALLS) call(pair, random);
      const blocks = pair.model.blocks();
      assertGreater(blocks.at(-1)!.address, HEAP_START + border);
      pair.heap.heap.check();
    });
  }
}
