import { assert, assertEquals } from "@std/assert";
import { experiment, record, type Recording } from "../../../lab/mod.ts";
import { packRun, unpackRun } from "../../../lab/pages/packing/pack_run.ts";
import { Heap } from "../../../mod.ts";
import { type Random, seededTests } from "../../support/seed.ts";

const randomTest = seededTests("Packed random runs");

randomTest("a packed run is the same run again", (random) => {
  const run = experiment({ mmapThreshold: 2000 }, (heap) => {
    const live: number[] = [];
    for (let call = 0; call < 3000; call++) randomCall(heap, live, random);
    heap.mark("done");
  });
  assertEquals(unpackRun(packRun(run.data)), run.data);
});

Deno.test("a packed run keeps the blocks that there were before it", () => {
  using heap = new Heap();
  heap.malloc(100);
  heap.free(heap.malloc(200));
  heap.malloc(300_000);
  using recording = record(heap);
  recording.malloc(40, "label");
  const { data } = recording.run();
  assertEquals(unpackRun(packRun(data)), data);
});

Deno.test("a packed run keeps a policy without mappings", () => {
  const { data } = experiment({ mmapThreshold: Infinity }, () => {});
  assertEquals(unpackRun(packRun(data)).policy, data.policy);
});

Deno.test("a packed run keeps refused calls, whatever size they asked for", () => {
  using heap = new Heap();
  using recording = record(heap);
  for (const size of [NaN, -1, 0.5, 2 ** 60, Infinity]) refuse(recording, size);
  recording.malloc(8);
  const { data } = recording.run();
  assertEquals(data.refusals.size, 5);
  assertEquals(unpackRun(packRun(data)), data);
});

Deno.test("a packed run thins out samples that no chart could show", () => {
  const { data } = experiment({}, (heap) => {
    for (let call = 0; call < 20_000; call++) heap.free(heap.malloc(8));
  });
  const { samples } = unpackRun(packRun(data));
  assert(samples.calls.length < data.samples.calls.length / 2);
  assertEquals(samples.calls[1], 3);
  assertEquals(samples.footprintBytes[1], data.samples.footprintBytes[3]);
});

function refuse(heap: Recording, size: number): void {
  try {
    heap.malloc(size);
  } catch (error) {
    assert(error instanceof Error);
  }
}

/** Makes a call; `live` holds the addresses of the live blocks. */
function randomCall(heap: Recording, live: number[], random: Random): void {
  const size = random.between(0, random.oneOf([64, 700, 5000]));
  const index = random.between(0, live.length);
  const address = live[index];
  const label = random.oneIn(3) ? `label ${size % 7}` : undefined;
  if (address === undefined || random.oneIn(2)) {
    live.push(heap.malloc(size, label));
  } else if (random.oneIn(3)) live[index] = heap.realloc(address, size, label);
  else {
    heap.free(address);
    live.splice(index, 1);
  }
}
