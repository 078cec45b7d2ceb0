// A heap belongs to the isolate that made it: what another one is told of it.
import { assertEquals, assertThrows } from "@std/assert";
import {
  type AllocationMessage,
  Heap,
  InvalidPointerError,
  receiveAllocation,
  UsageError,
} from "../../../mod.ts";
import { OrderedWorker } from "../../support/ordered_worker.ts";
import { gatedTest, toRun } from "../../support/permissions.ts";
import { DENO, program, run } from "../../support/run_deno.ts";
import { chooseSeed, howToReplay } from "../../support/seed.ts";
import { callsOf } from "../../support/thoroughness.ts";

/** What a Worker says of an order that was refused. */
interface Refusal {
  readonly code: string;
  readonly message: string;
}

const READ = [{ name: "read" }] as const;

Deno.test("a heap cannot be cloned, and the error says what to post", () => {
  using heap = new Heap();
  const error = assertThrows(() => structuredClone({ heap }), DOMException);
  assertEquals([error.name, error.message], [
    "DataCloneError",
    "Symbol(a Heap belongs to the isolate that made it; make one there, and post what " +
    "heap.transfer() gives) could not be cloned.",
  ]);
});

Deno.test("an allocation cannot be cloned, and the error says what to post", () => {
  using heap = new Heap();
  using allocation = heap.allocate(8);
  const error = assertThrows(() => structuredClone([allocation]), DOMException);
  assertEquals([error.name, error.message], [
    "DataCloneError",
    "Symbol(an Allocation belongs to the isolate that made it; post what " +
    "heap.transfer() gives) could not be cloned.",
  ]);
});

gatedTest({
  name: "an address of another isolate's heap is refused, and said to be that",
  needs: READ,
  async fn() {
    using worker = new OrderedWorker();
    using heap = new Heap();
    for (const offset of [0, 4, 100_000]) {
      const address = heap.malloc(100) + offset;
      assertEquals(await worker.order<Refusal>("free", address), {
        code: "foreign-isolate",
        message:
          `Cannot free 0x${
            address.toString(16)
          }: it lies in a heap of another ` +
          "isolate; free it there, or hand allocations over with transfer",
      });
    }
  },
});

gatedTest({
  name: "an address of a Worker's heap is refused in the main thread",
  needs: READ,
  async fn() {
    using worker = new OrderedWorker();
    using heap = new Heap();
    const address = await worker.order<number>("allocate", 100);
    const { code } = assertThrows(
      () => heap.free(address),
      InvalidPointerError,
    );
    assertEquals(code, "foreign-isolate");
    assertEquals(await worker.order<string>("free", address), "freed");
  },
});

gatedTest({
  name: "an address in an arena that was disposed of is nobody's",
  needs: READ,
  async fn() {
    using worker = new OrderedWorker();
    const heap = new Heap();
    const address = heap.malloc(100);
    heap[Symbol.dispose]();
    const { code } = await worker.order<Refusal>("free", address);
    assertEquals(code, "never-allocated");
  },
});

gatedTest({
  name:
    "a Worker receives an allocation, and the owner frees it when that disposes",
  needs: READ,
  async fn() {
    using worker = new OrderedWorker();
    using heap = new Heap();
    const allocation = heap.allocate(64, { label: "frame" });
    allocation.bytes.fill(9);
    const message = heap.transfer(allocation);
    assertEquals(await worker.order<number[]>("keep", message), [9]);
    assertThrows(() => receiveAllocation(message), UsageError);
    assertThrows(() => heap[Symbol.dispose](), UsageError);
    await worker.order("disposeOfAll");
    await heap.transfersReturned();
    assertEquals(heap.stats().liveBlocks, 0);
  },
});

gatedTest({
  name: "a message that a Worker received is refused by the next one",
  needs: READ,
  async fn() {
    using first = new OrderedWorker();
    using second = new OrderedWorker();
    using heap = new Heap();
    const message = heap.transfer(heap.allocate(8, { label: "one" }));
    await first.order("keep", message);
    const { code } = await second.order<Refusal>("keep", message);
    assertEquals(code, "received");
    await first.order("disposeOfAll");
    await heap.transfersReturned();
  },
});

gatedTest({
  name:
    "what was received stays readable after the Worker that owns it was terminated",
  needs: READ,
  async fn() {
    const worker = new OrderedWorker();
    const message = await worker.order<AllocationMessage>("send", 9);
    worker[Symbol.dispose]();
    await new Promise((resolve) => setTimeout(resolve, 100)); // its last steps
    using received = receiveAllocation(message);
    assertEquals([...received.bytes], Array(64).fill(9));
  },
});

for (const how of ["terminated", "closed"]) {
  gatedTest({
    name: `what a Worker held that was ${how} is taken back when that is said`,
    needs: READ,
    async fn() {
      using heap = new Heap();
      const message = heap.transfer(heap.allocate(64, { label: "frame" }));
      {
        using worker = new OrderedWorker();
        await worker.order("keep", message);
        if (how === "closed") await worker.order("close");
      }
      assertThrows(() => heap.takeBack(message), UsageError);
      heap.takeBack(message, { receiverEnded: true });
      assertEquals(heap.stats().liveBlocks, 0);
      await heap.transfersReturned();
      heap.check();
    },
  });
}

const IN_PROCESS = [toRun(DENO), toRun("timeout"), { name: "read" }] as const;
const RUN = ["run", "--allow-ffi", "--allow-read"];
const EACH_WAY = callsOf(10_000);

const seed = chooseSeed(); // here, since tests may not read the environment
console.log(howToReplay(seed));

gatedTest({
  name: "a wrong address is still refused as that when --allow-ffi was revoked",
  needs: IN_PROCESS,
  async fn() {
    const args = [...RUN, "--no-prompt", program("free_after_revoking.ts")];
    const { stdout, stderr } = await run(DENO, args);
    assertEquals([stdout, stderr], ["InvalidPointerError\n", ""]);
  },
});

gatedTest({
  name:
    `four Workers and the main thread hand ${EACH_WAY} allocations each way, and all ` +
    "come back with their contents",
  needs: IN_PROCESS,
  async fn() {
    const { stdout, stderr } = await run(DENO, [
      ...RUN,
      program("exchange.ts"),
      String(seed),
      String(EACH_WAY),
    ]);
    assertEquals(stdout, "[0,0,0,0,0]\n", stderr);
  },
});

gatedTest({
  name: "a received allocation that is collected without dispose is reported",
  needs: IN_PROCESS,
  async fn() {
    const { code, stderr } = await run(DENO, [
      ...RUN,
      "--v8-flags=--expose-gc",
      program("lose_received.ts"),
    ]);
    const lines = stderr.replaceAll(/0x[0-9a-f]+/g, "0x…").split("\n");
    assertEquals([code, lines[0]], [
      0,
      'osmem: leak: allocation "lost" (8 bytes at 0x…), which was received from another ' +
      "isolate, was collected without being disposed of: its owner cannot free it; " +
      "declare it with `using`. It was received at",
    ]);
    assertEquals(lines[1]?.includes("lose_received.ts"), true);
  },
});

gatedTest({
  name: "waiting for what is out does not keep the process alive",
  needs: IN_PROCESS,
  async fn() {
    const { code, stdout } = await run("timeout", [
      "20",
      DENO,
      ...RUN,
      program("leave_transfers_out.ts"),
    ]);
    assertEquals([code, stdout], [0, "out\n"]);
  },
});
