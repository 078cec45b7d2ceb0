import { assertEquals } from "@std/assert";
import { Heap, type HeapOptions } from "../../../mod.ts";
import { record, type Recording } from "../../../lab/mod.ts";
import { takeSnapshot } from "../../../lab/runs/heap_snapshot.ts";
import { type Random, seededTests } from "../../support/seed.ts";
import { callsOf } from "../../support/thoroughness.ts";

const randomTest = seededTests("Moments of random runs");

const HEAPS: readonly (readonly [string, HeapOptions])[] = [
  ["the contract", {}],
  ["no preallocation", { preallocate: 0 }],
  ["a low threshold", { mmapThreshold: 512, callocThreshold: 200 }],
  ["first fit, merging at once", { fit: "first", coalesce: "immediate" }],
  ["next fit", { fit: "next", preallocate: 0, growth: 4096 }],
  ["worst fit, never merging", { fit: "worst", coalesce: "never" }],
  ["no splitting", { split: false, preallocate: 0 }],
];

for (const [name, options] of HEAPS) {
  randomTest(
    `every moment of a run is the heap as it was: ${name}`,
    (random) => {
      using heap = new Heap(options);
      using recording = record(heap);
      const taken = [takeSnapshot(heap)];
      const live: number[] = [];
      for (let call = 0; call < callsOf(2000); call++) {
        randomCall(recording, live, random);
        taken.push(takeSnapshot(heap));
      }
      const run = recording.run();
      taken.forEach((snapshot, calls) => {
        assertEquals(run.at(calls).snapshot, snapshot, `after ${calls} calls`);
      });
    },
  );

  randomTest(
    `a run of a heap that is not looked at is the same: ${name}`,
    (random) => {
      using heap = new Heap(options);
      using recording = record(heap);
      const live: number[] = [];
      for (let call = 0; call < callsOf(20_000); call++) {
        randomCall(recording, live, random);
      }
      const run = recording.run();
      assertEquals(run.at(run.length).snapshot, takeSnapshot(heap));
    },
  );
}

/** Makes a call on a recording; `live` holds the addresses of the live blocks. */
function randomCall(heap: Recording, live: number[], random: Random): void {
  const size = random.between(1, random.oneOf([64, 700, 5000]));
  const index = random.between(0, live.length);
  const address = live[index];
  const isFull = live.length >= random.between(0, 80);
  if (address === undefined) live.push(heap.malloc(size));
  else if (random.oneIn(4)) live[index] = heap.realloc(address, size);
  else if (random.oneIn(8)) live.push(heap.calloc(2, size));
  else if (isFull) {
    live[index] = live.at(-1) as number;
    live.pop();
    heap.free(address);
  } else live.push(heap.malloc(size));
}
