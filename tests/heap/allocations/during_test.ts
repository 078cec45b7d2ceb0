// Operations that still run when their allocation, its scope or its heap ends: the memory
// is not given back before they have settled.
import {
  assert,
  assertEquals,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { stub } from "@std/testing/mock";
import {
  type Allocation,
  arenaMemory,
  CorruptionError,
  Heap,
  receiveAllocation,
  ScopeError,
  SystemCallError,
  UsageError,
} from "../../../mod.ts";
import { never, RefusingMemory } from "../../support/refusing_memory.ts";
import { until } from "../../support/until.ts";
import { gatedTest } from "../../support/permissions.ts";

const KINDS: Readonly<Record<string, number>> = {
  "on the heap": 65_536,
  "a mapping": 200_000,
};

/** An operation that has the address of an allocation, and writes there at its end. */
function startOperation(allocation: Allocation): {
  readonly promise: Promise<number>;
  write(value: number): void;
} {
  const { promise, resolve } = Promise.withResolvers<number>();
  const { pointer, size } = allocation;
  return {
    promise,
    write(value) {
      const memory = Deno.UnsafePointerView.getArrayBuffer(pointer, size);
      new Uint8Array(memory).fill(value);
      resolve(value);
    },
  };
}

for (const [kind, size] of Object.entries(KINDS)) {
  Deno.test(`memory is not given back while an announced operation runs: ${kind}`, async () => {
    using heap = new Heap();
    const buffer = heap.allocate(size, { label: "buffer" });
    const { bytes, address } = buffer;
    const operation = startOperation(buffer);
    const outcome = buffer.during(operation.promise);
    buffer[Symbol.dispose]();
    assertEquals([buffer.isDisposed, bytes.length], [true, 0]);
    buffer[Symbol.dispose]();
    const other = heap.allocate(size);
    assert(other.address !== address);
    other.bytes.fill(1);
    assertEquals(heap.stats().liveBlocks, 2);
    const waiting = heap.leaks().leaks.find(({ label }) => label === "buffer");
    assertEquals([waiting?.address, waiting?.size], [address, size]);
    operation.write(7);
    assertEquals(await outcome, 7);
    assertEquals(heap.stats().liveBlocks, 1);
    assert(other.bytes.every((byte) => byte === 1));
    heap.check();
  });
}

Deno.test("memory waits for the last of several operations", async () => {
  using heap = new Heap();
  const buffer = heap.allocate(64);
  const [first, last] = [startOperation(buffer), startOperation(buffer)];
  const outcomes = [first, last].map(({ promise }) => buffer.during(promise));
  buffer[Symbol.dispose]();
  first.write(1);
  await outcomes[0];
  assertEquals(heap.stats().liveBlocks, 1);
  last.write(2);
  await outcomes[1];
  assertEquals(heap.stats().liveBlocks, 0);
});

Deno.test("during() passes the outcome on, also a failure, and the memory is freed after it", async () => {
  using heap = new Heap();
  const buffer = heap.allocate(64);
  const failing = buffer.during(Promise.reject(new Error("reset by peer")));
  buffer[Symbol.dispose]();
  await assertRejects(() => failing, Error, "reset by peer");
  assertEquals(heap.stats().liveBlocks, 0);
  const other = heap.allocate(64);
  assertEquals(await other.during(Promise.resolve("read")), "read");
  other[Symbol.dispose]();
  assertEquals(heap.stats().liveBlocks, 0);
});

/** What an operation that runs forbids. */
const REFUSED: Readonly<
  Record<string, (buffer: Allocation, heap: Heap) => void>
> = {
  "resize": (buffer) => buffer.resize(8),
  "resize to the size that it has": (buffer) => buffer.resize(64),
  "transfer": (buffer, heap) => void heap.transfer(buffer),
  "reset of the heap": (_, heap) => heap.reset(),
  "disposal of the heap": (_, heap) => heap[Symbol.dispose](),
};

for (const [name, act] of Object.entries(REFUSED)) {
  Deno.test(`an announced operation forbids a ${name} until it has settled`, async () => {
    const heap = new Heap();
    const buffer = heap.allocate(64, { label: "frame" });
    buffer.bytes.fill(5);
    const operation = startOperation(buffer);
    const outcome = buffer.during(operation.promise);
    const error = assertThrows(() => act(buffer, heap), UsageError);
    assertEquals(error.code, "in-use");
    assertStringIncludes(error.message, 'allocation "frame" (64 bytes at');
    assertEquals([buffer.isDisposed, buffer.bytes[63]], [false, 5]);
    operation.write(6);
    await outcome;
    act(buffer, heap);
  });
}

Deno.test("what waits to be freed forbids the end of its heap and its arena, too", async () => {
  const arena = arenaMemory();
  const heap = new Heap({ memory: arena });
  const frames = Array.from(
    { length: 7 },
    (_, index) => heap.allocate(64, { label: `frame ${index}` }),
  );
  const operations = frames.map(startOperation);
  const outcomes = frames.map((frame, index) =>
    frame.during(operations[index]!.promise)
  );
  for (const frame of frames) frame[Symbol.dispose]();
  for (const end of [heap, arena]) {
    const { code, message } = assertThrows(
      () => end[Symbol.dispose](),
      UsageError,
    );
    assertEquals(code, "in-use");
    assertStringIncludes(message, '"frame 4" (64 bytes at');
    assertStringIncludes(message, "and 2 more");
  }
  for (const operation of operations) operation.write(1);
  await Promise.all(outcomes);
  heap[Symbol.dispose]();
  arena[Symbol.dispose]();
});

Deno.test("only promises are announced, and only for live allocations", () => {
  using heap = new Heap();
  const buffer = heap.allocate(64);
  const wrong = buffer.during.bind(buffer) as (value: unknown) => unknown;
  for (const value of [undefined, 5, () => {}]) {
    assertThrows(() => wrong(value), RangeError, "Cannot announce");
  }
  buffer[Symbol.dispose]();
  const late = () => buffer.during(Promise.resolve());
  assertEquals(assertThrows(late, UsageError).code, "disposed");
});

Deno.test("await using waits for the operations on an allocation", async () => {
  using heap = new Heap();
  const buffer = heap.allocate(64);
  const operation = startOperation(buffer);
  buffer.during(operation.promise);
  const end = buffer[Symbol.asyncDispose]();
  assertEquals([buffer.isDisposed, heap.stats().liveBlocks], [true, 1]);
  operation.write(1);
  await end;
  assertEquals(heap.stats().liveBlocks, 0);
  await buffer[Symbol.asyncDispose]();
});

Deno.test("await using waits for the operations in a scope, and in its scopes", async () => {
  using heap = new Heap();
  const scope = heap.scope();
  const buffers = [
    scope.allocate(64),
    scope.scope().allocate(200_000),
    scope.allocate(64),
  ];
  const operations = buffers.map(startOperation);
  buffers.forEach((buffer, index) => buffer.during(operations[index]!.promise));
  buffers[2]![Symbol.dispose]();
  assertEquals(scope.size, 3);
  let isOver = false;
  const end = scope[Symbol.asyncDispose]().then(() => isOver = true);
  for (const operation of operations) {
    assertEquals(isOver, false);
    operation.write(1);
    await operation.promise;
  }
  await end;
  assertEquals([scope.size, heap.stats().liveBlocks], [0, 0]);
  heap.check();
});

Deno.test("a scope that was disposed of leaves its parent once its operations have settled", async () => {
  using heap = new Heap();
  using parent = heap.scope();
  const scope = parent.scope();
  const buffer = scope.allocate(64);
  const operation = startOperation(buffer);
  const outcome = buffer.during(operation.promise);
  scope[Symbol.dispose]();
  assertEquals([scope.isDisposed, buffer.isDisposed], [true, true]);
  operation.write(1);
  await outcome;
  await until(() => parent.size === 0);
  assertEquals([scope.size, heap.stats().liveBlocks], [0, 0]);
});

Deno.test("await using waits for the operations on a heap, also for those that start meanwhile", async () => {
  const heap = new Heap();
  const buffer = heap.allocate(64);
  const [first, second] = [startOperation(buffer), startOperation(buffer)];
  buffer.during(first.promise);
  let isOver = false;
  const end = heap[Symbol.asyncDispose]().then(() => isOver = true);
  buffer.during(second.promise);
  first.write(1);
  await first.promise;
  assertEquals([isOver, buffer.isDisposed], [false, false]);
  second.write(2);
  await end;
  assertEquals(buffer.isDisposed, true);
  assertThrows(() => heap.malloc(8), UsageError, "disposed");
  await heap[Symbol.asyncDispose]();
});

Deno.test("a received allocation is given back when its operations have settled", async () => {
  const heap = new Heap();
  const received = receiveAllocation(heap.transfer(heap.allocate(64)));
  const operation = startOperation(received);
  const outcome = received.during(operation.promise);
  received[Symbol.dispose]();
  assertThrows(() => heap[Symbol.dispose](), UsageError, "other isolates");
  operation.write(1);
  await outcome;
  await heap.transfersReturned();
  heap[Symbol.dispose]();
});

/** Runs a function, and returns what it printed on standard error. */
async function printedBy(act: () => Promise<unknown>): Promise<string> {
  let printed = "";
  using _stub = stub(Deno.stderr, "writeSync", (bytes: Uint8Array) => {
    printed += new TextDecoder().decode(bytes);
    return bytes.length;
  });
  await act();
  return printed;
}

/** A mapping that waits, and whose munmap is refused. */
function refusedLate(): {
  readonly heap: Heap;
  readonly memory: RefusingMemory;
  readonly buffer: Allocation;
  readonly operation: ReturnType<typeof startOperation>;
  readonly outcome: Promise<number>;
} {
  const memory = new RefusingMemory(arenaMemory());
  const heap = new Heap({ memory });
  const buffer = heap.scope().allocate(200_000, { label: "page" });
  const operation = startOperation(buffer);
  const outcome = buffer.during(operation.promise);
  memory.refuses = (_, call) => call === "munmap";
  return { heap, memory, buffer, operation, outcome };
}

Deno.test("a late free that is refused is printed, and made good by another dispose", async () => {
  const { heap, memory, buffer, operation, outcome } = refusedLate();
  buffer[Symbol.dispose]();
  const printed = await printedBy(() => {
    operation.write(1);
    return outcome;
  });
  assertStringIncludes(printed, 'allocation "page" (200000 bytes at');
  assertStringIncludes(printed, "munmap");
  assertEquals(heap.stats().liveBlocks, 1);
  memory.refuses = never;
  buffer[Symbol.dispose]();
  assertEquals(heap.stats().liveBlocks, 0);
  heap[Symbol.dispose]();
});

Deno.test("a late free that is refused rejects the await of the allocation, and is not printed", async () => {
  const { memory, buffer, operation, heap } = refusedLate();
  const printed = await printedBy(async () => {
    const end = buffer[Symbol.asyncDispose]();
    operation.write(1);
    await assertRejects(() => end, SystemCallError);
  });
  assertEquals(printed, "");
  memory.refuses = never;
  await buffer[Symbol.asyncDispose]();
  assertEquals(heap.stats().liveBlocks, 0);
});

Deno.test("late frees that are refused reject the await of a scope, which can be repeated", async () => {
  const memory = new RefusingMemory(arenaMemory());
  const heap = new Heap({ memory });
  const scope = heap.scope();
  const buffer = scope.allocate(200_000, { label: "page" });
  const operation = startOperation(buffer);
  buffer.during(operation.promise);
  memory.refuses = (_, call) => call === "munmap";
  const end = scope[Symbol.asyncDispose]();
  operation.write(1);
  const error = await assertRejects(() => end, ScopeError, '"page"');
  assertEquals(error.allocations, [buffer]);
  memory.refuses = never;
  scope[Symbol.dispose]();
  assertEquals([scope.size, heap.stats().liveBlocks], [0, 0]);
});

/** A debug heap's allocation that is overrun by an operation after it was disposed of. */
function overrunLate(): {
  readonly heap: Heap;
  readonly buffer: Allocation;
  overrun(): Promise<void>;
} {
  const heap = new Heap({ debug: true, onLeak: () => {} });
  const buffer = heap.allocate(10, { label: "frame" });
  const { pointer } = buffer;
  const { promise, resolve } = Promise.withResolvers<void>();
  const outcome = buffer.during(promise);
  return {
    heap,
    buffer,
    overrun() {
      new Uint8Array(Deno.UnsafePointerView.getArrayBuffer(pointer, 11))[10] =
        0;
      resolve();
      return outcome;
    },
  };
}

Deno.test("damage that a late free finds is printed, and the block is free", async () => {
  const { heap, buffer, overrun } = overrunLate();
  buffer[Symbol.dispose]();
  const printed = await printedBy(overrun);
  assertStringIncludes(printed, "overrun");
  assertEquals(heap.stats().liveBlocks, 0);
  heap[Symbol.dispose]();
});

for (const whole of [false, true]) {
  Deno.test(`damage that a late free finds rejects the await of ${whole ? "the heap" : "the allocation"}`, async () => {
    const { heap, buffer, overrun } = overrunLate();
    const printed = await printedBy(async () => {
      if (whole) buffer[Symbol.dispose]();
      const end = (whole ? heap : buffer)[Symbol.asyncDispose]();
      await overrun();
      await assertRejects(() => end, CorruptionError, "overrun");
    });
    assertEquals(printed, "");
  });
}

Deno.test("a write after the free names operations as a likely cause, and what to do", () => {
  const heap = new Heap({ debug: true, onLeak: () => {} });
  const frame = heap.allocate(64);
  const operation = startOperation(frame);
  frame[Symbol.dispose]();
  operation.write(1);
  const { message } = assertThrows(() => heap.check(), CorruptionError);
  assertStringIncludes(message, "operation was still running");
  assertStringIncludes(message, "allocation.during(operation)");
  assertThrows(() => heap[Symbol.dispose](), CorruptionError);

  const other = new Heap({ debug: true, onLeak: () => {} });
  const address = other.malloc(64);
  const bytes = new Uint8Array(
    Deno.UnsafePointerView.getArrayBuffer(other.pointer(address)!, 64),
  );
  other.free(address);
  bytes.fill(1);
  assertThrows(() => other.check(), CorruptionError, "use heap.allocate()");
  assertThrows(() => other[Symbol.dispose](), CorruptionError);
});

gatedTest({
  name: "a socket that is read after a timeout writes into no other allocation",
  needs: [{ name: "net", host: "127.0.0.1" }],
  async fn() {
    using heap = new Heap();
    using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const { port } = listener.addr as Deno.NetAddr;
    const [peer, connection] = await Promise.all([
      listener.accept(),
      Deno.connect({ hostname: "127.0.0.1", port }),
    ]);
    let read: Promise<number | null>;
    {
      using buffer = heap.allocate(65_536);
      read = buffer.during(connection.read(buffer.bytes));
    }
    using other = heap.allocate(65_536, { zero: true });
    await peer.write(new Uint8Array(4000).fill(7));
    assertEquals(await read, 4000);
    assert(other.bytes.every((byte) => byte === 0));
    assertEquals(heap.stats().liveBlocks, 1);
    peer.close();
    connection.close();
  },
});

Deno.test("a BYOB reader takes the buffer, and the error of the free names it", async () => {
  const heap = new Heap();
  const frame = heap.allocate(64);
  const stream = new ReadableStream({
    type: "bytes",
    start: (controller) => controller.enqueue(new Uint8Array(8).fill(7)),
  });
  const { value } = await stream.getReader({ mode: "byob" }).read(frame.bytes);
  assertEquals([value?.length, frame.bytes[0]], [8, 7]);
  const dispose = () => frame[Symbol.dispose]();
  assertThrows(dispose, UsageError, "read(view) of a BYOB reader");
});
