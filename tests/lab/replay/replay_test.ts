import {
  assert,
  assertEquals,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { BlockContents } from "../../../lab/replay/block_contents.ts";
import { replayChecked } from "../../../lab/replay/checked_replay.ts";
import { openHeap } from "../../../lab/replay/open_heap.ts";
import { Replayer } from "../../../lab/replay/replayer.ts";
import { TraceError } from "../../../lab/traces/trace_error.ts";
import { OutOfMemoryError } from "../../../mod.ts";
import { traceOf, traceOfOperations } from "../../support/traces.ts";

const ARENA = { memory: "arena", verify: true } as const;
const HEADER = 32;
const PREALLOCATED = 131_072;

Deno.test("a replay verifies the contents of every block, freed or not", async () => {
  const trace = await traceOfOperations([
    "a 0 100",
    "r 0 5000",
    "a 1 200000",
    "r 1 300000",
    "r 0 50",
    "f 1",
    "a 2 8",
    "a 3 0",
    "f 3",
  ]);
  const { verified } = await replayChecked(trace, ARENA);
  assertEquals(verified, { blocks: 3, bytes: 300_000 + 50 + 8 });
});

Deno.test("a replay without verification verifies nothing, with the same heap", async () => {
  const trace = await traceOfOperations(["a 0 100", "a 1 200", "f 0"]);
  const plain = await replayChecked(trace, { ...ARENA, verify: false });
  assertEquals(plain.verified, null);
  assertEquals(
    plain.stats.liveBytes,
    (await replayChecked(trace, ARENA)).stats.liveBytes,
  );
});

Deno.test("a replay takes the figures of the fullest moment and of the end", async () => {
  const trace = await traceOfOperations([
    "a 0 1001",
    "a 1 2000",
    "f 0",
    "a 2 5",
  ]);
  const { fullest, end } = (await replayChecked(trace, ARENA)).run.stats();

  assertEquals(fullest, {
    calls: 2,
    requestedBytes: 3001,
    liveBlocks: 2,
    liveBytes: 3008,
    footprintBytes: PREALLOCATED,
    headerBytes: 3 * HEADER,
    internalFragmentationBytes: 7,
    freeBlocks: 1,
    freeBytes: PREALLOCATED - 3 * HEADER - 1008 - 2000,
    largestFreeBytes: PREALLOCATED - 3 * HEADER - 1008 - 2000,
    externalFragmentation: 0,
  });
  assertEquals(end.calls, 4);
  assertEquals(end.requestedBytes, 2005);
  assertEquals(end.internalFragmentationBytes, 3);
  assertEquals(end.freeBytes, PREALLOCATED - 4 * HEADER - 2000 - 8);
  assertEquals(
    end.externalFragmentation,
    1 - end.largestFreeBytes / end.freeBytes,
  );
});

Deno.test("free neighbours count as one block in the external fragmentation", async () => {
  const trace = await traceOfOperations(["a 0 1000", "a 1 2000", "f 0", "f 1"]);
  const { end } = (await replayChecked(trace, ARENA)).run.stats();
  assertEquals(end.freeBytes, PREALLOCATED - HEADER);
  assertEquals(end.largestFreeBytes, PREALLOCATED - HEADER);
  assertEquals(end.externalFragmentation, 0);
});

Deno.test("without any free memory there is no external fragmentation to tell", async () => {
  const trace = await traceOfOperations(["a 0 200000"]);
  assertEquals(
    (await replayChecked(trace, ARENA)).run.stats().end.externalFragmentation,
    null,
  );
});

Deno.test("a growth is blocked if there is enough free memory, in pieces too small", async () => {
  const fill = ["a 0 40000", "a 1 40000", "a 2 40000", "a 3 10944"];
  const blocked = await traceOfOperations([...fill, "f 0", "f 2", "a 4 60000"]);
  assertEquals(
    (await replayChecked(blocked, ARENA)).run.stats().blockedRequests,
    1,
  );
});

Deno.test("a growth is not blocked if too little memory is free, or none", async () => {
  const fill = ["a 0 40000", "a 1 40000", "a 2 40000", "a 3 10944"];
  const few = await traceOfOperations([...fill, "f 0", "a 4 60000"]);
  const none = await traceOfOperations([...fill, "a 4 60000"]);
  assertEquals(
    (await replayChecked(few, ARENA)).run.stats().blockedRequests,
    0,
  );
  assertEquals(
    (await replayChecked(none, ARENA)).run.stats().blockedRequests,
    0,
  );
  assertEquals((await replayChecked(none, ARENA)).stats.systemCalls.sbrk, 2);
});

Deno.test("a growth in place is not blocked if a free block would have sufficed", async () => {
  const trace = await traceOfOperations([
    "a 0 40000",
    "a 1 40000",
    "a 2 40000",
    "a 3 10944",
    "f 0",
    "r 3 20000",
  ]);
  const { run, stats } = await replayChecked(trace, ARENA);
  assertEquals(stats.systemCalls.sbrk, 2);
  assertEquals(run.stats().blockedRequests, 0);
});

for (
  const [name, operations, count] of [
    [
      "free neighbours that a search would merge",
      ["f 0", "f 1", "r 3 60000"],
      0,
    ],
    ["pieces too small", ["f 0", "f 2", "r 3 60000"], 1],
    [
      "pieces too small, twice in a row",
      ["f 0", "f 2", "r 3 60000", "r 3 61000"],
      2,
    ],
    [
      "pieces too small, and then one that the block between them joined",
      ["f 0", "f 2", "r 3 60000", "f 1", "r 3 61000"],
      1,
    ],
  ] as const
) {
  Deno.test(`growths in place beside ${name}: ${count} blocked`, async () => {
    const fill = ["a 0 40000", "a 1 40000", "a 2 40000", "a 3 10944"];
    const trace = await traceOfOperations([...fill, ...operations]);
    assertEquals(
      (await replayChecked(trace, ARENA)).run.stats().blockedRequests,
      count,
    );
  });
}

Deno.test("free pieces as large together as the request block it, one byte less do not", async () => {
  const fill = [
    "a 0 40000",
    "a 1 40000",
    "a 2 40000",
    "a 3 10944",
    "f 0",
    "f 2",
  ];
  const just = await traceOfOperations([...fill, "a 4 80000"]);
  const above = await traceOfOperations([...fill, "a 4 80001"]);
  assertEquals(
    (await replayChecked(just, ARENA)).run.stats().blockedRequests,
    1,
  );
  assertEquals(
    (await replayChecked(above, ARENA)).run.stats().blockedRequests,
    0,
  );
});

Deno.test("a replay on the process's break gives the same figures of the program", async () => {
  const trace = await traceOfOperations(["a 0 100", "a 1 200000", "f 0"]);
  const { run, verified } = await replayChecked(trace, {
    ...ARENA,
    memory: "process",
  });
  const { end } = run.stats();
  assertEquals(end.requestedBytes, 200_000);
  assertEquals(end.liveBlocks, 1);
  assertEquals(verified, { blocks: 2, bytes: 200_100 });
});

Deno.test("memalign, calloc and realloc of NULL are replayed", async () => {
  const trace = await traceOf(
    "--7-- memalign(al 64, size 100) = 0x10\n--7-- calloc(10,10) = 0x20\n" +
      "--7-- realloc(0x0,100)malloc(100) = 0x30\n",
  );
  const { run, verified } = await replayChecked(trace, ARENA);
  assertEquals(run.stats().end.liveBlocks, 3);
  assertEquals(verified, { blocks: 3, bytes: 300 });
});

Deno.test("a request that the system refuses names the line and the call", async () => {
  const trace = await traceOfOperations(["a 0 8", "a 1 4503599627370496"]);
  const error = await assertRejects(
    () => replayChecked(trace, ARENA),
    TraceError,
  );
  assertStringIncludes(
    error.message,
    "test.trace:6: call 2, malloc(4503599627370496): ",
  );
  assert(error.cause instanceof OutOfMemoryError);
});

Deno.test("contents that were overwritten are found at free, with byte and block", async () => {
  const trace = await traceOfOperations(["a 0 100", "a 1 100", "f 0", "f 1"]);
  using open = openHeap({ memory: "arena" });
  const replayer = new Replayer(trace, open.heap);
  const contents = new BlockContents(trace, open.heap, replayer);
  const make = (call: number) => {
    contents.before(call);
    replayer.perform(call);
    contents.after(call);
  };
  make(0);
  make(1);
  const bytes = open.heap.bytes(replayer.addressOf(1), 100);
  bytes[42] = ~(bytes[42] as number);
  make(2);
  const error = assertThrows(() => make(3), TraceError);
  assertStringIncludes(
    error.message,
    "test.trace:8: call 4, free(block 1): byte 42 of block 1 is ",
  );
});

Deno.test("contents that realloc did not keep are found", async () => {
  const trace = await traceOfOperations(["a 0 100", "r 0 5000", "f 0"]);
  using open = openHeap({ memory: "arena" });
  const replayer = new Replayer(trace, open.heap);
  const contents = new BlockContents(trace, open.heap, replayer);
  replayer.perform(0);
  contents.after(0);
  replayer.perform(1);
  open.heap.bytes(replayer.addressOf(0), 100).fill(0);
  contents.after(1);
  assertThrows(() => contents.before(2), TraceError, "of block 0 is 0");
});

Deno.test("contents of blocks never freed are verified at the end", async () => {
  const trace = await traceOfOperations(["a 0 100"]);
  using open = openHeap({ memory: "arena" });
  const replayer = new Replayer(trace, open.heap);
  const contents = new BlockContents(trace, open.heap, replayer);
  replayer.perform(0);
  contents.after(0);
  open.heap.bytes(replayer.addressOf(0)).fill(0);
  assertThrows(() => contents.end(), TraceError, "of block 0 is 0");
});

Deno.test("memory of a calloc that is not zero is found", async () => {
  const trace = await traceOf("--7-- calloc(10,10) = 0x10\n");
  using open = openHeap({ memory: "arena" });
  const replayer = new Replayer(trace, open.heap);
  const contents = new BlockContents(trace, open.heap, replayer);
  replayer.perform(0);
  open.heap.bytes(replayer.addressOf(0))[7] = 1;
  assertThrows(
    () => contents.after(0),
    TraceError,
    "byte 7 of block 0 is 1, expected 0",
  );
});
