// Makes the wrong use that is named, and prints what it is told: the error's name, its
// code and its message.
import {
  Heap,
  os_free,
  os_malloc,
  os_use,
  readString,
  receiveAllocation,
  struct,
} from "../../mod.ts";

const heap = new Heap({ recordStacks: "none", onLeak() {} });
const Point = struct({ x: "u8", y: "f64" });

/** An allocation that was disposed of. */
function ended() {
  const frame = heap.allocate(64, { label: "frame" });
  frame[Symbol.dispose]();
  return frame;
}

/** Something of a type that TypeScript does not allow there. */
const untyped = (value: unknown) => value as never;

const USES: Readonly<Record<string, () => unknown>> = {
  "a size below 0": () => heap.malloc(-1),
  "a bigint for a size": () => heap.malloc(untyped(10n)),
  "an option that there is not": () => new Heap({ fit: untyped("tight") }),
  "an odd alignment": () => heap.allocate(64, { align: 3 }),
  "a label that is no text": () => heap.allocate(64, { label: untyped(5) }),
  "a pointer for an address": () => heap.free(untyped(heap.pointer(64))),
  "an allocation for an address": () =>
    heap.free(untyped(heap.allocate(64, { label: "frame" }))),
  "a second free": () => {
    const address = heap.malloc(100);
    heap.free(address);
    heap.free(address);
  },
  "a use of freed memory": () => {
    const address = heap.malloc(100);
    heap.free(address);
    heap.bytes(address);
  },
  "a free inside a block": () => heap.free(heap.malloc(100) + 8),
  "a free of an odd address": () => heap.free(heap.malloc(100) + 1),
  "a free of what was never allocated": () => heap.free(4096),
  "a free of another heap's block": () => heap.free(new Heap().malloc(100)),
  "a free of what an object holds": () =>
    heap.free(heap.allocate(64, { label: "frame" }).address),
  "a use of a disposed heap": () => {
    heap[Symbol.dispose]();
    heap.malloc(8);
  },
  "the bytes of a disposed allocation": () => ended().bytes,
  "a resize of a disposed allocation": () => ended().resize(128),
  "a pointer to a disposed allocation": () => heap.allocatePointers([ended()]),
  "a free of memory whose buffer was taken": () => {
    const frame = heap.allocate(64, { label: "frame" });
    frame.bytes.buffer.transfer();
    frame[Symbol.dispose]();
  },
  "an allocation in a disposed scope": () => {
    const scope = heap.scope({ label: "request" });
    scope[Symbol.dispose]();
    scope.allocate(8);
  },
  "a move out of another scope": () =>
    heap.scope({ label: "request" }).moveOut(
      heap.allocate(64, { label: "frame" }),
    ),
  "a text with a NUL": () => heap.allocateString("a\0b"),
  "a text without a NUL": () =>
    readString(heap.allocateFrom(Uint8Array.of(65))),
  "a copy of what is gone": () => {
    const bytes = new Uint8Array(8);
    bytes.buffer.transfer();
    heap.allocateFrom(bytes);
  },
  "a value that does not fit": () =>
    heap.allocateStruct(Point, { x: 256, y: 0 }),
  "a value of another type": () =>
    heap.allocateStruct(Point, { x: untyped("1"), y: 0 }),
  "a field that there is not": () =>
    Point.get(heap.allocateStruct(Point), untyped("z")),
  "a second transfer": () => {
    const frame = heap.allocate(64, { label: "frame" });
    heap.transfer(frame);
    heap.transfer(frame);
  },
  "a second receiver": () => {
    const message = heap.transfer(heap.allocate(64, { label: "frame" }));
    receiveAllocation(message);
    receiveAllocation(message);
  },
  "a message that was changed": () =>
    receiveAllocation({ ...heap.transfer(heap.allocate(64)), size: 128 }),
  "an end of a heap while others hold blocks": () => {
    heap.transfer(heap.allocate(64, { label: "frame" }));
    heap[Symbol.dispose]();
  },
  "another heap for live os_ blocks": () => {
    os_malloc(8);
    os_use(heap);
  },
  "a number for a pointer": () => os_free(untyped(8)),
};

const [use = ""] = Deno.args;
try {
  USES[use]!();
} catch (error) {
  const { name, code, message } = error as Error & { readonly code: string };
  console.log(`${name} ${code}: ${message}`);
}
