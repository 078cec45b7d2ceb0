// A getter can give another value each time it is asked. So every option is read once,
// before anything is changed, and the value that was checked is the value that counts.
import { assertEquals, assertThrows } from "@std/assert";
import {
  arenaMemory,
  ArgumentError,
  Heap,
  readString,
  receiveAllocation,
  struct,
  UsageError,
} from "../../mod.ts";
import { readOnce } from "../support/read_once.ts";

Deno.test("an option of a heap that changes after it was checked has no effect", () => {
  let reads = 0;
  using heap = new Heap({
    get growth() {
      return reads++ === 0 ? 8 : 3;
    },
    preallocate: 0,
  });
  heap.malloc(100);
  heap.check();
  assertEquals([reads, heap.stats().footprintBytes], [1, 136]);
});

Deno.test("every option of a heap is read once", () => {
  for (const debug of [false, true]) {
    using arena = arenaMemory(readOnce({ reserve: 1 << 20 }));
    using heap = new Heap(readOnce({
      memory: arena,
      fit: "first",
      split: false,
      coalesce: "never",
      mmapThreshold: 4096,
      callocThreshold: 8192,
      preallocate: 80,
      growth: 16,
      recordStacks: "none",
      debug,
      onLeak: () => {},
    }));
    heap.free(heap.malloc(24));
    heap.check();
  }
});

Deno.test("every option of a method is read once", () => {
  using heap = new Heap();
  const Pair = struct(readOnce({ small: "u8", large: "u16" }));
  const content = () => readOnce({ align: 64, label: "name" });
  using scope = heap.scope(readOnce({ label: "request" }));
  using inner = scope.scope(readOnce({ label: "part" }));
  const made = [heap, inner].flatMap((allocator) => [
    allocator.allocate(1, readOnce({ align: 64, label: "name", zero: true })),
    allocator.allocateString("text", content()),
    allocator.allocateFrom(Uint8Array.of(1), content()),
    allocator.allocatePointers(
      [null],
      readOnce({ align: 64, label: "name", terminate: true }),
    ),
    allocator.allocateStruct(Pair, { small: 1, large: 2 }, content()),
  ]);
  for (const { address, label } of made) {
    assertEquals([address % 64, label], [0, "name"]);
  }
  assertEquals(readString(made[1]!, readOnce({ maxLength: 2 })), "te");
  using _bindings = heap.bindToC(readOnce({ os: false }));
  const message = heap.transfer(heap.allocate(8));
  heap.takeBack(readOnce(message), readOnce({ receiverEnded: false }));
  const posted = heap.transfer(heap.allocate(8, readOnce({ label: "sent" })));
  using received = receiveAllocation(readOnce(posted));
  assertEquals(received.label, "sent");
  received[Symbol.dispose]();
  for (const each of made) each[Symbol.dispose]();
});

Deno.test("the options of an object with getters in its class count", () => {
  class Options {
    get align() {
      return 64;
    }
    get label() {
      return "name";
    }
    get terminate() {
      return true;
    }
  }
  using heap = new Heap();
  using pointers = heap.allocatePointers([null], new Options());
  using text = heap.allocateString("text", new Options());
  assertEquals([pointers.size, pointers.label], [16, "name"]);
  assertEquals([text.address % 64, text.label], [0, "name"]);
});

Deno.test("the types of a hook are read once", () => {
  using heap = new Heap();
  using bindings = heap.bindToC();
  const definition = {
    parameters: ["usize"],
    result: "pointer",
  } as const;
  const hook = bindings.hook(readOnce(definition), () => null);
  assertEquals(
    new Deno.UnsafeFnPointer(
      hook as object as Deno.PointerObject<typeof definition>,
      definition,
    )
      .call(8n),
    null,
  );
});

Deno.test("the fields of a structure are read once, nested ones and lengths too", () => {
  const Point = struct(readOnce({ x: "f64", y: "f64" }));
  const Shape = struct(readOnce(
    {
      id: "u32",
      box: readOnce({ low: Point, high: readOnce({ x: "u8" }) }),
      tags: ["u16", 3],
    } as const,
  ));
  assertEquals(Shape.fields.box.type.fields.low.type === Point, true);
  assertEquals(Shape.fields.box.type.fields.high.type.fields.x.offset, 0);
  assertEquals(Shape.fields.tags.type, ["u16", 3]);
});

Deno.test("a field whose type changes has the type that was laid out", () => {
  let reads = 0;
  const Changing = struct({
    get count(): "u8" | "u64" {
      return reads++ === 0 ? "u8" : "u64";
    },
  });
  assertEquals([Changing.size, Changing.fields.count.type], [1, "u8"]);
});

Deno.test("an option that disposes of the heap or the scope is read before the refusal", () => {
  const heap = new Heap();
  const scope = heap.scope();
  const endScope = () => scope[Symbol.dispose]();
  for (
    const use of [
      () => scope.allocate(8, readOnce({ label: "late" }, endScope)),
      () => scope.scope(readOnce({ label: "late" }, endScope)),
      () => scope.allocateString("text", readOnce({ align: 16 }, endScope)),
    ]
  ) assertEquals(assertThrows(use, UsageError).code, "disposed");
  assertEquals(heap.stats().liveBlocks, 0);
  const endHeap = () => heap[Symbol.dispose]();
  for (
    const use of [
      () => heap.allocate(8, readOnce({ label: "late" }, endHeap)),
      () => heap.scope(readOnce({ label: "late" }, endHeap)),
      () => heap.bindToC(readOnce({ os: true }, endHeap)),
    ]
  ) assertEquals(assertThrows(use, UsageError).code, "disposed");
});

Deno.test("an option that detaches the bytes to copy leaves no block live", () => {
  using heap = new Heap();
  const source = Uint8Array.of(1, 2, 3);
  const detach = () => void source.buffer.transfer();
  assertThrows(
    () => heap.allocateFrom(source, readOnce({ label: "copy" }, detach)),
    ArgumentError,
    "its bytes are gone",
  );
  assertEquals(heap.stats().liveBlocks, 0);
});

Deno.test("an option that throws takes no place of the bindings", () => {
  using heap = new Heap();
  const fail = () => {
    throw new Error("no answer");
  };
  for (let attempt = 0; attempt < 20; attempt++) {
    assertThrows(
      () => heap.bindToC(readOnce({ os: true }, fail)),
      Error,
      "no answer",
    );
  }
  using _bindings = heap.bindToC();
});
