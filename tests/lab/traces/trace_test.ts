import { assertEquals } from "@std/assert";
import { countCalls } from "../../../lab/traces/call_counts.ts";
import { describeCall } from "../../../lab/traces/describe_call.ts";
import { describeOmissions } from "../../../lab/traces/omissions.ts";
import type { Omissions } from "../../../lab/traces/trace.ts";
import { callsOf, traceOf, traceOfOperations } from "../../support/traces.ts";

const NOTHING_OMITTED: Omissions = {
  unknownFrees: 0,
  secondFrees: 0,
  unknownReallocs: 0,
  failedCalls: 0,
  unseenFrees: 0,
  unsizedBlocks: 0,
  surplusOperations: 0,
  skippedLines: 0,
};

Deno.test("a trace knows after which call the most bytes were live", async () => {
  const trace = await traceOfOperations([
    "a 0 100",
    "a 1 50",
    "r 0 10",
    "a 2 90",
    "a 3 1",
    "f 2",
    "f 1",
  ]);
  assertEquals(trace.peak, { call: 4, bytes: 151 });
  assertEquals(trace.remainingBytes, 11);
});

Deno.test("the first of several equal peaks counts", async () => {
  const trace = await traceOfOperations(["a 0 10", "f 0", "a 1 10", "f 1"]);
  assertEquals(trace.peak, { call: 0, bytes: 10 });
});

Deno.test("all elements of a calloc count as live", async () => {
  const trace = await traceOf("--7-- calloc(30,7) = 0x10\n");
  assertEquals(trace.peak.bytes, 210);
});

Deno.test("frees of pointers never seen, and second frees, are left out and counted", async () => {
  const trace = await traceOf(
    "--7-- malloc(8) = 0x10\n--7-- free(0x99)\n--7-- free(0x10)\n--7-- free(0x10)\n",
  );
  assertEquals(callsOf(trace), ["malloc #0 1x8", "free #0 0x0"]);
  assertEquals(trace.omissions, {
    ...NOTHING_OMITTED,
    unknownFrees: 1,
    secondFrees: 1,
  });
});

Deno.test("realloc of a pointer never seen is an allocation and counted", async () => {
  const trace = await traceOf(
    "--7-- realloc(0x99,8) = 0x10\n--7-- free(0x10)\n",
  );
  assertEquals(callsOf(trace), ["realloc #0 1x8", "free #0 0x0"]);
  assertEquals(trace.omissions, { ...NOTHING_OMITTED, unknownReallocs: 1 });
});

Deno.test("a live address that is handed out again was freed unseen", async () => {
  const trace = await traceOf(
    "--7-- malloc(8) = 0x10\n--7-- malloc(9) = 0x10\n--7-- free(0x10)\n",
  );
  assertEquals(callsOf(trace), [
    "malloc #0 1x8",
    "free #0 0x0",
    "malloc #1 1x9",
    "free #1 0x0",
  ]);
  assertEquals(trace.omissions, { ...NOTHING_OMITTED, unseenFrees: 1 });
});

Deno.test("describeOmissions() tells each kind of difference once, with its count", async () => {
  const trace = await traceOf(
    "--7-- malloc(8) = 0x10\n--7-- free(0x98)\n--7-- free(0x99)\n",
  );
  assertEquals(describeOmissions(trace), [
    "test.trace: left out frees of pointers never seen: 2",
  ]);
});

Deno.test("describeOmissions() is silent where there is nothing to tell", async () => {
  assertEquals(describeOmissions(await traceOf("1 1 1 1\na 0 1")), []);
});

Deno.test("countCalls() counts by kind, and the calls given NULL", async () => {
  const trace = await traceOf(
    "--7-- malloc(8) = 0x10\n--7-- realloc(0x0,8)malloc(8) = 0x20\n" +
      "--7-- realloc(0x20,9) = 0x20\n--7-- calloc(1,2) = 0x30\n" +
      "--7-- free(0x20)\n--7-- free(0x0)\n",
  );
  assertEquals(countCalls(trace), {
    byKind: { malloc: 1, calloc: 1, realloc: 2, memalign: 0, free: 2 },
    nullReallocs: 1,
    nullFrees: 1,
  });
});

Deno.test("describeCall() writes a call as C would", async () => {
  const trace = await traceOf(
    "--7-- calloc(3,4) = 0x10\n--7-- realloc(0x10,5) = 0x10\n--7-- free(0x0)\n",
  );
  assertEquals([0, 1, 2].map((call) => describeCall(trace, call)), [
    "calloc(3, 4)",
    "realloc(block 0, 5)",
    "free(NULL)",
  ]);
});

Deno.test("describeCall() writes NULL for what realloc was given when it allocates", async () => {
  const trace = await traceOf(
    "1 2 5 1\nr 0 100\nr 0 50\na 1 8\nf 0\nr 0 8\n",
  );
  const calls = [0, 1, 4].map((call) => describeCall(trace, call));
  assertEquals(calls, [
    "realloc(NULL, 100)",
    "realloc(block 0, 50)",
    "realloc(NULL, 8)",
  ]);
  assertEquals(describeCall(trace, 0, 1), "realloc(block 0, 100)");
});
