// What a message says of a pointer can be done, and the pointer can be recognised.
import { assertEquals, assertMatch, assertThrows } from "@std/assert";
import { Heap, struct, type StructTarget, UsageError } from "../../mod.ts";

const Count = struct({ count: "u32" });

/** Memory that no heap made. */
const foreign = Uint8Array.of(7, 0, 0, 0);

function messageOf(target: unknown): string {
  return assertThrows(() => Count.read(target as StructTarget), UsageError)
    .message;
}

Deno.test("a pointer in place of memory is shown, and the remedy reads its memory", () => {
  const pointer = Deno.UnsafePointer.of(foreign)!;
  const message = messageOf(pointer);
  assertMatch(
    message,
    /^Cannot read a structure in pointer 0x[0-9a-f]+: expected/,
  );
  assertMatch(
    message,
    /new DataView\(Deno\.UnsafePointerView\.getArrayBuffer\(pointer, layout\.size\)\)/,
  );
  const memory = Deno.UnsafePointerView.getArrayBuffer(pointer, Count.size);
  assertEquals(Count.get(new DataView(memory), "count"), 7);
});

Deno.test("only an address is told of heap.bytes()", () => {
  assertMatch(
    messageOf(4096),
    /heap\.bytes\(address\) shows a block of malloc$/,
  );
  for (const other of [null, {}, "text", Deno.UnsafePointer.of(foreign)]) {
    assertEquals(messageOf(other).includes("heap.bytes"), false);
  }
  assertMatch(messageOf(null), /NULL points to no memory/);
});

Deno.test("a pointer as a wrong value is shown with its address", () => {
  const pointer = Deno.UnsafePointer.create(4096n) as unknown as number;
  using heap = new Heap();
  for (
    const use of [
      () => Count.write(new Uint8Array(4), { count: pointer }),
      () => heap.malloc(pointer),
      () => heap.free(pointer),
      () => heap.allocateFrom(pointer as unknown as Uint8Array),
    ]
  ) assertMatch(assertThrows(use, Error).message, /pointer 0x1000\b/);
});

Deno.test("an object without a prototype is not taken for a pointer", () => {
  assertMatch(
    messageOf(Object.create(null)),
    /\[Object: null prototype\] \{\}/,
  );
});
