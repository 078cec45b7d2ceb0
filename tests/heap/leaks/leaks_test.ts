// What leaks() says of a heap, to read and as JSON, and what assertNoLeaks() makes of it.
import {
  assert,
  assertEquals,
  assertLess,
  assertMatch,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { StackTrace } from "../../../errors/stack_trace.ts";
import { assertNoLeaks, Heap, LeakError, LeakReport } from "../../../mod.ts";

/** A debug heap that does not print what these tests leave live. */
function quietHeap(): Heap {
  return new Heap({ debug: true, onLeak: () => {} });
}

Deno.test("leaks() of a heap that is empty finds none", () => {
  using heap = new Heap();
  const report = heap.leaks();
  assertEquals([report.blocks, report.bytes], [0, 0]);
  assertEquals([report.leaks, report.groups], [[], []]);
  assertEquals(String(report), "0 blocks, 0 bytes");
});

Deno.test("leaks() knows allocations by label and calls, and other blocks by size", () => {
  using heap = new Heap();
  function load() {
    return heap.allocate(10, { label: "frame" });
  }
  const raw = heap.malloc(100);
  const mapped = heap.malloc(200_000);
  using frame = load();
  const [one, two, three] = heap.leaks().leaks;
  assertEquals(one, { address: raw, size: 104, label: undefined, calls: [] });
  assertEquals([two?.address, two?.label], [frame.address, "frame"]);
  assertEquals(two?.size, 10);
  assertMatch(
    two?.calls[0] ?? "",
    /^load \(file:.*\/tests\/heap\/leaks\/leaks_test\.ts:\d+:\d+\)$/,
  );
  assertEquals(three?.address, mapped);
});

Deno.test("leaks() of a debug heap knows of every block where it was allocated", () => {
  using heap = quietHeap();
  function one() {
    return heap.malloc(10);
  }
  function two() {
    return heap.realloc(heap.calloc(3, 5), 20);
  }
  one();
  two();
  const { leaks } = heap.leaks();
  assertEquals(leaks.map(({ size }) => size), [10, 20]);
  assertEquals(leaks.map(({ calls }) => calls[0]?.split(" ")[0]), [
    "one",
    "two",
  ]);
});

Deno.test("what was freed or disposed of is no leak", () => {
  for (const debug of [false, true]) {
    using heap = new Heap({ debug });
    heap.free(heap.malloc(10));
    heap.free(heap.malloc(200_000));
    using _frame = heap.allocate(10);
    assertEquals(heap.leaks().blocks, 1);
    _frame[Symbol.dispose]();
    assertEquals(heap.leaks().blocks, 0);
  }
});

Deno.test("blocks are grouped by where they were allocated, the most bytes first", () => {
  using heap = quietHeap();
  const few = () => heap.malloc(10);
  const many = () => heap.malloc(1000);
  const addresses = [few, many, few].map((allocate) => allocate());
  const { groups } = heap.leaks();
  assertEquals(groups.map(({ blocks, bytes }) => [blocks, bytes]), [
    [1, 1000],
    [2, 20],
  ]);
  assertEquals(groups[1]?.addresses, [addresses[0]!, addresses[2]!]);
});

Deno.test("blocks of which nothing is known are grouped by their label", () => {
  using heap = new Heap({ recordStacks: "none" });
  using _one = heap.allocate(10, { label: "frame" });
  using _two = heap.allocate(20, { label: "frame" });
  heap.malloc(8);
  assertEquals(
    heap.leaks().groups.map(({ bytes, labels }) => [bytes, labels]),
    [[30, ["frame"]], [8, []]],
  );
});

Deno.test("the report names at most 20 places and 3 labels each, and counts the rest", () => {
  using heap = new Heap({ recordStacks: "none" });
  for (let count = 0; count < 25; count++) {
    heap.allocate(100 - count, { label: `number ${count}` });
  }
  const lines = String(heap.leaks()).split("\n");
  assertEquals(lines[0], "25 blocks, 2,200 bytes");
  assertEquals(lines[1], '  100 bytes in 1 block "number 0"');
  assertEquals(lines.length, 1 + 2 * 20 + 1);
  assertEquals(lines.at(-1), "  390 bytes in 5 blocks, from 5 places more");

  using noted = new Heap();
  for (let count = 0; count < 5; count++) {
    noted.allocate(1, { label: `number ${count}` });
  }
  assertStringIncludes(
    String(noted.leaks()),
    '5 blocks "number 0", "number 1", "number 2" and 2 more labels\n',
  );
});

Deno.test("the first 1,000 allocations note their calls, and then about one in 64", () => {
  using heap = new Heap();
  const first = () => heap.allocate(1, { label: "first" });
  const later = () => heap.allocate(1, { label: "later" });
  for (let count = 0; count < 1000; count++) first();
  for (let count = 0; count < 6400; count++) later();
  const noted = (label: string) =>
    heap.leaks().leaks.filter((leak) =>
      leak.label === label && leak.calls.length > 0
    ).length;
  assertEquals(noted("first"), 1000);
  const share = noted("later");
  assert(share > 60 && share < 140, `${share} of 6400`);
});

for (const options of [{ recordStacks: "all" }, { debug: true }] as const) {
  Deno.test(`every allocation notes its calls: ${JSON.stringify(options)}`, () => {
    using heap = new Heap({ ...options, onLeak: () => {} });
    for (let count = 0; count < 1500; count++) heap.allocate(1);
    const { leaks } = heap.leaks();
    assertEquals(leaks.filter(({ calls }) => calls.length > 0).length, 1500);
  });
}

Deno.test("no allocation notes its calls if no stacks are recorded", () => {
  using heap = new Heap({ recordStacks: "none" });
  heap.allocate(1);
  assertEquals(heap.leaks().leaks.map(({ calls }) => calls), [[]]);
});

Deno.test("the report as JSON has every group with its addresses", () => {
  using heap = new Heap({ recordStacks: "none" });
  using frame = heap.allocate(10, { label: "frame" });
  const json = JSON.parse(JSON.stringify(heap.leaks()));
  assertEquals(json, {
    blocks: 1,
    bytes: 10,
    groups: [{
      blocks: 1,
      bytes: 10,
      labels: ["frame"],
      calls: [],
      addresses: [frame.address],
    }],
  });
});

Deno.test("a report of 100,000 blocks from 3 places is short, and made in a second", () => {
  const traces = [new StackTrace(), new StackTrace(), new StackTrace()];
  const live = Array.from({ length: 100_000 }, (_, index) => ({
    address: 8 * index,
    size: 10,
    label: undefined,
    trace: traces[index % 3],
    identity: index,
  }));
  const start = performance.now();
  const text = String(new LeakReport(live));
  assertLess(performance.now() - start, 1000);
  assertStringIncludes(text, "100,000 blocks, 1,000,000 bytes\n");
  assertEquals(text.match(/ bytes in 33,33[34] blocks\n/g)?.length, 3);
  assertLess(text.length, 10_000);
});

Deno.test("blocks that came long ago are told with their calls, as new ones are", () => {
  using heap = quietHeap();
  const places = [() => heap.malloc(10), () => heap.malloc(20)];
  for (let count = 0; count < 12_000; count++) places[count % 2]!();
  const { groups } = heap.leaks();
  assertEquals(groups.map(({ blocks, bytes }) => [blocks, bytes]), [
    [6000, 120_000],
    [6000, 60_000],
  ]);
});

Deno.test("a report does not change when the heap does", () => {
  using heap = new Heap();
  const address = heap.malloc(8);
  const report = heap.leaks();
  heap.free(address);
  assertEquals([report.blocks, heap.leaks().blocks], [1, 0]);
});

Deno.test("since() leaves out what was live before, and what moved since", () => {
  using heap = new Heap();
  const kept = heap.malloc(8);
  using frame = heap.allocate(8);
  const before = heap.leaks();
  frame.resize(10_000);
  const left = heap.malloc(16);
  assertEquals(heap.leaks().since(before).leaks.map(({ address }) => address), [
    left,
  ]);
  assert(heap.leaks().leaks.some(({ address }) => address === kept));
});

Deno.test("in a debug heap a new block in an old place is told from the old one", () => {
  using heap = quietHeap();
  const address = heap.malloc(8);
  const before = heap.leaks();
  heap.free(address);
  for (let count = 0; count < 2000; count++) heap.malloc(8);
  assertEquals(heap.leaks().since(before).blocks, 2000);
});

Deno.test("leaks() asks for no words of a program that replaced them", () => {
  using heap = quietHeap();
  const before = Error.prepareStackTrace;
  const replaced = () => 5;
  Error.prepareStackTrace = replaced;
  try {
    heap.malloc(8);
    assertStringIncludes(heap.leaks().leaks[0]?.calls[0] ?? "", "leaks_test");
    assertEquals(Error.prepareStackTrace, replaced);
  } finally {
    Reflect.set(Error, "prepareStackTrace", before);
  }
});

for (const debug of [false, true]) {
  const kind = debug ? "a debug heap" : "a heap";

  Deno.test(`assertNoLeaks() passes where a function frees what it allocates: ${kind}`, async () => {
    using heap = new Heap({ debug, onLeak: () => {} });
    heap.malloc(8);
    assertNoLeaks(heap, () => heap.free(heap.malloc(8)));
    await assertNoLeaks(heap, async () => {
      using _frame = heap.allocate(8);
      await Promise.resolve();
    });
  });

  Deno.test(`assertNoLeaks() throws where a function leaves a block: ${kind}`, async () => {
    using heap = new Heap({ debug, onLeak: () => {} });
    const error = assertThrows(
      () => assertNoLeaks(heap, () => void heap.malloc(16)),
      LeakError,
      "1 block, 16 bytes",
    );
    assertEquals([error.code, error.report.blocks], ["leak", 1]);
    const later = await assertRejects(
      () =>
        assertNoLeaks(heap, async () => {
          await Promise.resolve();
          heap.allocate(10, { label: "frame" });
        }),
      LeakError,
      '10 bytes in 1 block "frame"\n    ',
    );
    assertEquals(later.report.blocks, 1);
  });

  Deno.test(`an error that the function throws goes before its leaks: ${kind}`, async () => {
    using heap = new Heap({ debug, onLeak: () => {} });
    const fail = () => {
      heap.malloc(8);
      throw new SyntaxError("its own");
    };
    assertThrows(() => assertNoLeaks(heap, fail), SyntaxError, "its own");
    await assertRejects(
      () => assertNoLeaks(heap, async () => await Promise.resolve().then(fail)),
      SyntaxError,
      "its own",
    );
  });
}

Deno.test("a report says what was live when it was made, whatever becomes of the heap", () => {
  using heap = new Heap({ debug: true });
  const address = heap.malloc(10);
  const report = heap.leaks();
  heap.free(address);
  for (let pair = 0; pair < 2000; pair++) heap.free(heap.malloc(10));
  const [leak] = report.leaks;
  assertEquals([report.blocks, leak?.size], [1, 10]);
  assertEquals(leak!.calls.length > 0, true);
});
