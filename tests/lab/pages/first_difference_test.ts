import { assertEquals } from "@std/assert";
import { experiment, type Recording } from "../../../lab/mod.ts";
import { firstDifference } from "../../../lab/pages/first_difference.ts";

const HEADER = 32;

function differenceOf(
  a: (heap: Recording) => void,
  b: (heap: Recording) => void,
) {
  return firstDifference(experiment({}, a).data, experiment({}, b).data);
}

Deno.test("runs with the same calls and results do not differ", () => {
  const script = (heap: Recording) => heap.free(heap.malloc(100));
  assertEquals(differenceOf(script, script), undefined);
});

Deno.test("runs differ where one makes another call", () => {
  const difference = differenceOf(
    (heap) => {
      heap.malloc(8);
      heap.malloc(16);
    },
    (heap) => {
      heap.malloc(8);
      heap.malloc(24);
    },
  );
  assertEquals(difference?.call, 1);
  assertEquals(
    difference?.text.replaceAll(/0x[0-9a-f]+/g, "…"),
    "A calls malloc(16) = …, B malloc(24) = ….",
  );
});

Deno.test("runs differ where the same call finds another place", () => {
  const script = (heap: Recording) => {
    const first = heap.malloc(100);
    heap.malloc(8);
    heap.free(first);
    heap.malloc(40);
  };
  const a = experiment({}, script).data;
  const place = (a.results[0] ?? 0) + 1000;
  const results = a.results.with(3, place);
  const ends = a.changes.ends;
  const addresses = a.changes.addresses.with(ends[2] ?? 0, place - HEADER);
  const b = { ...a, results, changes: { ...a.changes, addresses } };
  assertEquals(firstDifference(a, b), {
    call: 3,
    text: "malloc(40) returns offset 32 of the heap in A; " +
      "in B it returns offset 1,032 of the heap.",
  });
});

Deno.test("mappings are the same wherever they lie, and differ from heap blocks", () => {
  const script = (heap: Recording) => void heap.malloc(300_000);
  assertEquals(differenceOf(script, script), undefined);
  const mapped = experiment({}, script).data;
  const onHeap = experiment({ mmapThreshold: Infinity }, script).data;
  assertEquals(firstDifference(mapped, onHeap), {
    call: 0,
    text: "malloc(300000) returns a mapping in A; " +
      "in B it returns offset 32 of the heap.",
  });
});

Deno.test("runs differ where one ends", () => {
  const difference = differenceOf(
    (heap) => void heap.malloc(0),
    (heap) => {
      heap.malloc(0);
      heap.free(0);
    },
  );
  assertEquals(difference, {
    call: 1,
    text: "A ends here; the other continues with free(NULL).",
  });
});
