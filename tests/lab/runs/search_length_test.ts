import { assertEquals } from "@std/assert";
import {
  arenaMemory,
  type Block,
  Heap,
  type HeapOptions,
} from "../../../mod.ts";
import { experiment, record } from "../../../lab/mod.ts";
import { Model } from "../../../model/model.ts";
import { HEAP_START } from "../../support/places.ts";
import { type Random, seededTests } from "../../support/seed.ts";
import { callsOf } from "../../support/thoroughness.ts";

const HEADER = 32;
const CALLS = callsOf(2500);
const NO_MAPPINGS = { mmapThreshold: Infinity, callocThreshold: Infinity };

const randomTest = seededTests("Search lengths");

/** The blocks that a search goes through: free neighbours are merged before it. */
function searchedList(
  blocks: readonly Block[],
  { coalesce, preallocate = 0 }: HeapOptions,
): Pick<Block, "address" | "size" | "status">[] {
  if (blocks.length === 0 && preallocate > 0) {
    const size = preallocate - HEADER;
    return [{ address: HEAP_START, size, status: "free" }];
  }
  const list: { address: number; size: number; status: Block["status"] }[] = [];
  for (const { address, size, status } of blocks) {
    const last = list.at(-1);
    const merges = coalesce !== "never" && status === "free" &&
      last?.status === "free";
    if (merges) last.size += HEADER + size;
    else list.push({ address, size, status });
  }
  return list;
}

/** realloc() first absorbs the free blocks that follow, and keeps them when it moves. */
function absorbed(
  blocks: readonly Block[],
  payload: number,
  { coalesce }: HeapOptions,
): readonly Block[] {
  const at = blocks.findIndex((block) => block.payload === payload);
  let next = at + 1;
  if (coalesce === "never") return blocks;
  while (blocks[next]?.status === "free") next++;
  const block = blocks[at]!;
  const last = blocks[next - 1]!;
  const size = last.payload + last.size - block.payload;
  return blocks.toSpliced(at, next - at, { ...block, size });
}

/** What a plain search would examine that found this block, or nothing. */
function examined(
  list: ReturnType<typeof searchedList>,
  found: number,
  searchFrom: number,
  fit: HeapOptions["fit"],
): number {
  const place = list.findIndex(({ address }) => address === found);
  if (place < 0 || fit === "best" || fit === "worst") return list.length;
  if (fit === "first") return place + 1;
  const start = list.findIndex(({ address, size }) =>
    address <= searchFrom && searchFrom < address + HEADER + size
  );
  const from = Math.max(start, 0);
  return (place - from + list.length) % list.length + 1;
}

function compareWithPlainSearches(options: HeapOptions, random: Random): void {
  using arena = arenaMemory({ reserve: 2 ** 26 });
  using heap = new Heap({ ...options, memory: arena });
  using recording = record(heap);
  const model = new Model(options as ConstructorParameters<typeof Model>[0]);
  const expected: number[] = [];
  const live: number[] = [];
  let searchFrom = 0;
  for (let call = 0; call < CALLS; call++) {
    const before = model.blocks();
    const at = random.between(0, live.length);
    const place = live[at] ?? 0;
    const size = random.between(1, 300);
    const isFree = place !== 0 && random.oneIn(2);
    const isResize = !isFree && place !== 0 && random.oneIn(4);
    const address = arena.start + place - HEAP_START;
    if (isFree) {
      model.free(place);
      recording.free(address);
      live.splice(at, 1);
      expected.push(0);
      continue;
    }
    model.takeSystemCalls();
    const result = isResize ? model.realloc(place, size) : model.malloc(size);
    const grew = model.takeSystemCalls().length >
      (before.length === 0 && options.preallocate ? 1 : 0);
    if (isResize) recording.realloc(address, size);
    else recording.malloc(size);
    if (isResize) live[at] = result;
    else live.push(result);
    if (result === place) {
      expected.push(0);
      continue;
    }
    const list = searchedList(
      isResize ? absorbed(before, place, options) : before,
      options,
    );
    expected.push(
      grew
        ? list.length
        : examined(list, result - HEADER, searchFrom, options.fit),
    );
    const block = model.blocks().find(({ payload }) => payload === result)!;
    searchFrom = block.payload + block.size;
  }
  assertEquals([...recording.run().data.searches], expected);
}

for (const fit of ["best", "first", "next", "worst"] as const) {
  for (const coalesce of ["deferred", "immediate", "never"] as const) {
    for (const split of [true, false]) {
      const preallocate = split ? 4096 : 0;
      const options = { ...NO_MAPPINGS, fit, coalesce, split, preallocate };
      randomTest(
        `${fit} fit, coalescing ${coalesce}, ${
          split ? "" : "not "
        }splitting: ` +
          "search lengths are those of a plain list",
        (random) => compareWithPlainSearches(options, random),
      );
    }
  }
}

Deno.test("a call that searches nothing examines no block", () => {
  const run = experiment({}, (heap) => {
    const block = heap.malloc(8);
    heap.realloc(block, 16);
    heap.free(block);
    heap.malloc(200_000);
    heap.malloc(0);
  });
  assertEquals([...run.data.searches], [1, 0, 0, 0, 0]);
});

Deno.test("blocks that a heap has before it is recorded are searched too", () => {
  using heap = new Heap({ fit: "first" });
  const blocks = Array.from({ length: 100 }, () => heap.malloc(40));
  using recording = record(heap);
  recording.free(blocks[90]!);
  recording.malloc(40);
  assertEquals([...recording.run().data.searches], [0, 91]);
});

Deno.test("searches past the recording are not counted, but what they changed is", () => {
  using heap = new Heap({ fit: "first" });
  using recording = record(heap);
  recording.malloc(40);
  for (let block = 0; block < 50; block++) heap.malloc(40);
  recording.malloc(40);
  assertEquals([...recording.run().data.searches], [1, 52]);
});

Deno.test("a block that realloc had split and that is found whole was not split again", () => {
  const run = experiment({ coalesce: "never" }, (heap) => {
    const block = heap.malloc(200);
    heap.malloc(8);
    heap.realloc(block, 100);
    heap.free(block);
    heap.malloc(100);
  });
  assertEquals(run.data.searches.at(-1), 4);
});
