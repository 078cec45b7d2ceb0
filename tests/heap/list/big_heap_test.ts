// Heaps that are too large to touch: address arithmetic beyond 32 bits. Only the
// headers of such a heap are ever written, so it costs no memory to speak of.
import { assert, assertEquals } from "@std/assert";
import { arenaMemory } from "../../../mod.ts";
import { Lockstep } from "../../support/lockstep.ts";
import { HEAP_START } from "../../support/places.ts";
import { RecordedHeap } from "../../support/recorded_heap.ts";
import { seededRandom } from "../../support/seed.ts";
import { callsOf, IS_THOROUGH } from "../../support/thoroughness.ts";

const GIB = 2 ** 30;
const LARGE = 700 * 2 ** 20;
const OPTIONS = {
  preallocate: 0,
  mmapThreshold: Infinity,
  callocThreshold: Infinity,
};

const SPAN = 9 * GIB;

/**
 * Two multiples of 4 GiB lie in what is used of it, wherever it starts, or one where not
 * everything is tested: the tables of a heap take time in proportion to it.
 */
const USED_SPAN = IS_THOROUGH ? SPAN : 6 * GIB;

Deno.test("blocks, headers and contents are right on both sides of every 4 GiB", () => {
  using arena = arenaMemory({ reserve: USED_SPAN });
  using heap = new RecordedHeap(OPTIONS, arena);
  const spacers: number[] = [];
  const small: number[] = [];
  for (let held = LARGE; held < USED_SPAN - GIB; held += LARGE) {
    small.push(heap.malloc(24));
    spacers.push(heap.malloc(LARGE));
  }
  const bytes = small.map((place) => heap.heap.bytes(heap.addressOf(place)));
  bytes.forEach((view, index) => view.fill(index + 1));
  small.forEach((place, index) => {
    assert(bytes[index]!.every((byte) => byte === index + 1));
    assertEquals(heap.header(place - 32).size, 24);
    assertEquals(heap.header(place - 32).next, spacers[index]! - 32);
  });
  heap.heap.check();
});

Deno.test("random calls on blocks of hundreds of megabytes match the model", () => {
  const random = seededRandom();
  using pair = new Lockstep(OPTIONS, { reserve: USED_SPAN });
  while (pair.calls < callsOf(1000)) {
    const end = pair.model.blocks().at(-1)?.address ?? HEAP_START;
    const isFull = end - HEAP_START > USED_SPAN - 2 * GIB || random.oneIn(3);
    if (isFull && pair.live.length > 0) {
      pair.free(random.between(0, pair.live.length - 1));
    } else {
      pair.malloc(random.between(1, random.oneOf([100, 1 << 20, GIB])));
    }
  }
  pair.heap.heap.check();
});

Deno.test("blocks grow and shrink in place beyond 4 GiB", () => {
  using arena = arenaMemory({ reserve: SPAN });
  using heap = new RecordedHeap(OPTIONS, arena);
  const place = heap.malloc(8);
  for (const size of [3 * GIB, 5 * GIB, 8 * GIB, 4 * GIB, 24]) {
    assertEquals(heap.realloc(place, size), place);
    assertEquals(heap.heap.usableSize(heap.addressOf(place)), size);
    heap.heap.check();
  }
  assertEquals(heap.header(HEAP_START).next, HEAP_START + 56);
});
