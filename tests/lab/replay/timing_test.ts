import { assert, assertEquals, assertGreater } from "@std/assert";
import { measureLatency, quantile } from "../../../lab/replay/latency.ts";
import { measureSpeed } from "../../../lab/replay/speed.ts";
import { traceOfOperations } from "../../support/traces.ts";

const OPERATIONS = Array.from(
  { length: 200 },
  (_, index) => index % 2 === 0 ? "a 0 100" : "f 0",
);

Deno.test("quantile() takes the value at the nearest rank", () => {
  const values = () => Float64Array.from([30, 10, 40, 20]);
  assertEquals(quantile(values(), 0.25), 10);
  assertEquals(quantile(values(), 0.5), 20);
  assertEquals(quantile(values(), 0.51), 30);
  assertEquals(quantile(values(), 0.99), 40);
  assertEquals(quantile(Float64Array.of(7), 0.5), 7);
});

Deno.test("measureSpeed() repeats a short trace in an arena, and tells of each call once", async () => {
  const trace = await traceOfOperations(OPERATIONS);
  let told = 0;
  const speed = await measureSpeed(trace, {
    memory: "arena",
    onProgress: (calls) => {
      told += calls;
    },
  });
  assert(speed);
  assertGreater(speed.callsPerSecond, 0);
  assertGreater(speed.passes, 1);
  assertEquals(told, trace.length);
});

Deno.test("measureSpeed() replays once on the process's break", async () => {
  const trace = await traceOfOperations(OPERATIONS);
  const speed = await measureSpeed(trace, { memory: "process" });
  assertEquals(speed?.passes, 1);
});

Deno.test("measureLatency() gives whole nanoseconds in order", async () => {
  const trace = await traceOfOperations(OPERATIONS);
  const latency = await measureLatency(trace, { memory: "arena" });
  assert(latency);
  for (const time of Object.values(latency)) assert(Number.isInteger(time));
  assertGreater(latency.clockNanoseconds, 0);
  assert(latency.p99Nanoseconds >= latency.medianNanoseconds);
  assert(latency.medianNanoseconds >= 0);
});
