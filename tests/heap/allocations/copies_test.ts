// Copies of bytes, and arrays of pointers.
import {
  assert,
  assertEquals,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import {
  arenaMemory,
  ArgumentError,
  Heap,
  OutOfMemoryError,
  type Pointee,
  UsageError,
} from "../../../mod.ts";
import {
  bytesOf,
  type ByteSource,
} from "../../../heap/allocations/contents.ts";
import { gatedTest, toRun } from "../../support/permissions.ts";
import { DENO, program, run } from "../../support/run_deno.ts";

const BYTES = Uint8Array.from({ length: 48 }, (_, index) => index + 1);

function shared(): SharedArrayBuffer {
  const buffer = new SharedArrayBuffer(48);
  new Uint8Array(buffer).set(BYTES);
  return buffer;
}

function resizable(): ArrayBuffer {
  const buffer = new ArrayBuffer(48, { maxByteLength: 96 });
  new Uint8Array(buffer).set(BYTES);
  return buffer;
}

const whole = (): ArrayBuffer => BYTES.slice().buffer;

/** Sources, and which of the 48 bytes they have. */
const SOURCES: Readonly<
  Record<string, readonly [source: ByteSource, start: number, end: number]>
> = {
  "Int8Array": [new Int8Array(whole()), 0, 48],
  "Uint8ClampedArray": [new Uint8ClampedArray(whole()), 0, 48],
  "Uint16Array within its buffer": [new Uint16Array(whole(), 2, 5), 2, 12],
  "Float32Array": [new Float32Array(whole()), 0, 48],
  "Float64Array within its buffer": [new Float64Array(whole(), 8), 8, 48],
  "BigUint64Array": [new BigUint64Array(whole()), 0, 48],
  "DataView within its buffer": [new DataView(whole(), 3, 7), 3, 10],
  "ArrayBuffer": [whole(), 0, 48],
  "ArrayBuffer without bytes": [new ArrayBuffer(0), 0, 0],
  "array without elements": [new Float64Array(0), 0, 0],
  "SharedArrayBuffer": [shared(), 0, 48],
  "array of a SharedArrayBuffer": [new Uint32Array(shared(), 4), 4, 48],
  "resizable ArrayBuffer": [resizable(), 0, 48],
  "array of a resizable ArrayBuffer": [new Uint16Array(resizable()), 0, 48],
};

for (const [name, [source, start, end]] of Object.entries(SOURCES)) {
  Deno.test(`a copy has the bytes of its source, aligned for its elements: ${name}`, () => {
    using heap = new Heap();
    using copy = heap.allocateFrom(source);
    assertEquals(copy.bytes, BYTES.slice(start, end));
    assertEquals(copy.address % 8, 0);
    copy.bytes.fill(0);
    assertEquals(bytesOf(source)[0], start === end ? undefined : start + 1);
  });
}

Deno.test("a copy has the alignment and the label that are asked for", () => {
  using heap = new Heap();
  using copy = heap.allocateFrom(BYTES, { align: 512, label: "frame" });
  assertEquals([copy.address % 512, copy.label], [0, "frame"]);
});

Deno.test("memory of the heap itself can be copied", () => {
  using heap = new Heap();
  using first = heap.allocateFrom(BYTES);
  using second = heap.allocateFrom(first.bytes);
  assertEquals(second.bytes, BYTES);
});

function detached<Source extends ByteSource>(source: Source): Source {
  const buffer = ArrayBuffer.isView(source) ? source.buffer : source;
  (buffer as ArrayBuffer).transfer();
  return source;
}

function shortened(
  open: (buffer: ArrayBuffer) => ArrayBufferView,
): ArrayBufferView {
  const buffer = new ArrayBuffer(48, { maxByteLength: 48 });
  const view = open(buffer);
  buffer.resize(4);
  return view;
}

const GONE: Readonly<Record<string, ByteSource>> = {
  "an array whose buffer was transferred": detached(new Float32Array(12)),
  "a DataView whose buffer was transferred": detached(new DataView(whole())),
  "a buffer that was transferred": detached(whole()),
  "an array behind the end of its buffer": shortened((buffer) =>
    new Uint16Array(buffer, 8, 4)
  ),
  "a DataView behind the end of its buffer": shortened((buffer) =>
    new DataView(buffer, 8, 4)
  ),
};

for (const [name, source] of Object.entries(GONE)) {
  Deno.test(`bytes that are gone are not copied: ${name}`, () => {
    using heap = new Heap();
    const error = assertThrows(() => heap.allocateFrom(source), ArgumentError);
    assertStringIncludes(
      error.message,
      `this ${source.constructor.name}: its bytes are gone`,
    );
    assertEquals(heap.stats().liveBlocks, 0);
  });
}

for (const source of [undefined, null, [1, 2], "text", 8, {}]) {
  Deno.test(`what has no bytes is not copied: ${Deno.inspect(source)}`, () => {
    using heap = new Heap();
    assertThrows(
      () => heap.allocateFrom(source as unknown as ByteSource),
      ArgumentError,
      `Cannot allocate from ${Deno.inspect(source)}: expected a typed array`,
    );
  });
}

Deno.test("an array of pointers shows where each of its targets is", () => {
  using heap = new Heap();
  using scope = heap.scope();
  const text = scope.allocateString("text");
  const address = heap.malloc(8);
  const targets = [text, text.pointer, address, null, 0];
  const array = scope.allocatePointers(targets);
  assertEquals(
    [...new BigUint64Array(array.bytes.buffer)].map(Number),
    [text.address, text.address, address, 0, 0],
  );
  const view = new Deno.UnsafePointerView(array.pointer);
  assert(Deno.UnsafePointer.equals(view.getPointer(0), text.pointer));
  assertEquals(view.getPointer(24), null);
});

Deno.test("an array of pointers ends with NULL if that is asked for, also one of none", () => {
  using heap = new Heap();
  using text = heap.allocateString("text");
  using array = heap.allocatePointers([text], {
    terminate: true,
    label: "argv",
    align: 64,
  });
  assertEquals([array.size, array.label, array.address % 64], [16, "argv", 0]);
  assertEquals(array.view.getBigUint64(8, true), 0n);
  using empty = heap.allocatePointers([], { terminate: true });
  assertEquals([...empty.bytes], [0, 0, 0, 0, 0, 0, 0, 0]);
});

Deno.test("an array of pointers keeps every bit of a pointer that C uses as a mark", () => {
  using heap = new Heap();
  const failed = Deno.UnsafePointer.create(2n ** 64n - 1n); // MAP_FAILED
  using array = heap.allocatePointers([failed]);
  assertEquals(array.view.getBigUint64(0, true), 2n ** 64n - 1n);
});

Deno.test("what is no pointer is refused before anything is allocated", () => {
  using heap = new Heap();
  for (const wrong of [undefined, -8, 0.5, "text", {}]) {
    assertThrows(
      () => heap.allocatePointers([wrong as unknown as Pointee]),
      ArgumentError,
      `Cannot point to ${Deno.inspect(wrong)}: expected an allocation`,
    );
  }
  const text = heap.allocateString("text");
  text[Symbol.dispose]();
  assertThrows(
    () => heap.allocatePointers([text]),
    UsageError,
    "Cannot point to allocation (5 bytes at 0x",
  );
  assertEquals(heap.stats().liveBlocks, 0);
});

Deno.test("a copy that there is no memory for says what was asked for, and allocates nothing", () => {
  using memory = arenaMemory({ reserve: 2 ** 20 });
  using heap = new Heap({ mmapThreshold: Infinity, memory });
  using scope = heap.scope();
  assertThrows(
    () => scope.allocateFrom(new Uint8Array(2 ** 21)),
    OutOfMemoryError,
    "allocate(2097152, { align: 8 }) failed",
  );
  assertEquals([scope.size, heap.stats().liveBlocks], [0, 0]);
});

Deno.test("an allocation that there is no memory for is named by its label", () => {
  using memory = arenaMemory({ reserve: 2 ** 20 });
  for (const debug of [false, true]) {
    using heap = new Heap({ debug, mmapThreshold: Infinity, memory });
    assertThrows(
      () => heap.allocate(2 ** 21, { label: "frame" }),
      OutOfMemoryError,
      'allocate(2097152, { align: 8 }) of "frame" failed: ',
    );
  }
});

Deno.test("an allocation that there is no memory to resize is named", () => {
  using memory = arenaMemory({ reserve: 2 ** 20 });
  using heap = new Heap({ mmapThreshold: Infinity, memory });
  using frame = heap.allocate(64, { label: "frame" });
  const address = frame.address.toString(16);
  assertThrows(
    () => frame.resize(2 ** 21),
    OutOfMemoryError,
    `resize(2097152) of allocation "frame" (64 bytes at 0x${address}) failed: `,
  );
});

gatedTest({
  name:
    "what an array of pointers leads to is not collected before the array is",
  needs: [toRun(DENO)],
  async fn() {
    const { code, stdout } = await run(DENO, [
      ...["run", "--quiet", "--no-prompt", "--allow-ffi"],
      "--v8-flags=--expose-gc",
      program("keep_pointees.ts"),
    ]);
    assertEquals([code, stdout], [
      0,
      "alone: collected\nin an array: kept\nwithout the array: collected\n",
    ]);
  },
});
