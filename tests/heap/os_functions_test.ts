// The course's own functions, which speak pointers, on the process's break.
import { assert, assertEquals, assertThrows } from "@std/assert";
import {
  InvalidPointerError,
  os_calloc,
  os_free,
  os_malloc,
  os_realloc,
  OutOfMemoryError,
  processMemory,
} from "../../mod.ts";

/** The bytes at a pointer, as C would read and write them. */
function bytesAt(pointer: Deno.PointerValue, length: number): Uint8Array {
  assert(pointer);
  return new Uint8Array(
    Deno.UnsafePointerView.getArrayBuffer(pointer, length),
  );
}

function addressOf(pointer: Deno.PointerValue): number {
  return Number(Deno.UnsafePointer.value(pointer));
}

Deno.test("os_malloc() gives writable memory below the program break", () => {
  const pointer = os_malloc(100);
  bytesAt(pointer, 100).fill(7);
  assert(addressOf(pointer) < processMemory().sbrk(0));
  assertEquals(addressOf(pointer) % 8, 0);
  os_free(pointer);
});

Deno.test("os_malloc() of the threshold's size lies in a mapping", () => {
  const pointer = os_malloc(200_000);
  assertEquals((addressOf(pointer) - 32) % processMemory().pageSize, 0);
  bytesAt(pointer, 200_000).fill(7);
  os_free(pointer);
});

Deno.test("a header before an os_malloc() payload reads as C reads it", () => {
  const pointer = os_malloc(100);
  assert(pointer);
  const header = new Deno.UnsafePointerView(
    Deno.UnsafePointer.offset(pointer, -32)!,
  );
  assertEquals(header.getUint32(8), 1);
  os_free(pointer);
  assertEquals(header.getUint32(8), 0);
});

Deno.test("os_malloc(0), os_calloc(0, ...) and os_realloc(NULL, 0) are null", () => {
  assertEquals(os_malloc(0), null);
  assertEquals(os_calloc(0, 8), null);
  assertEquals(os_calloc(8, 0), null);
  assertEquals(os_realloc(null, 0), null);
});

Deno.test("os_free(NULL) does nothing", () => {
  os_free(null);
});

Deno.test("os_calloc() is zero where os_malloc() had been written", () => {
  const used = os_malloc(512);
  bytesAt(used, 512).fill(0xff);
  os_free(used);
  const pointer = os_calloc(64, 8);
  assert(bytesAt(pointer, 512).every((byte) => byte === 0));
  os_free(pointer);
});

Deno.test("os_realloc() keeps the contents when a block moves into a mapping and back", () => {
  const small = os_malloc(64);
  bytesAt(small, 64).forEach((_, index, bytes) => bytes[index] = index);
  const mapped = os_realloc(small, 300_000);
  const back = os_realloc(mapped, 64);
  assertEquals(
    [...bytesAt(back, 64)],
    Array.from({ length: 64 }, (_, index) => index),
  );
  assertEquals(os_realloc(back, 0), null);
});

Deno.test("os_realloc() of a freed pointer is null", () => {
  const [pointer, fence] = [os_malloc(64), os_malloc(64)];
  os_free(pointer);
  assertEquals(os_realloc(pointer, 100), null);
  os_free(fence);
});

Deno.test("os_free() refuses a pointer that is freed already", () => {
  const [pointer, fence] = [os_malloc(64), os_malloc(64)];
  os_free(pointer);
  const error = assertThrows(() => os_free(pointer), InvalidPointerError);
  assertEquals(error.reason, "already freed");
  os_free(fence);
});

Deno.test("os_free() and os_realloc() refuse a pointer of the runtime's own", () => {
  const own = Deno.UnsafePointer.of(new Uint8Array(64));
  assertThrows(() => os_free(own), InvalidPointerError);
  assertThrows(() => os_realloc(own, 8), InvalidPointerError);
});

Deno.test("the os_* functions refuse sizes that are none", () => {
  for (const size of [-1, 0.5, NaN, Infinity, 2 ** 53]) {
    assertThrows(() => os_malloc(size), RangeError, String(size));
    assertThrows(() => os_calloc(size, 1), RangeError, "nmemb");
    assertThrows(() => os_calloc(1, size), RangeError, "size");
    assertThrows(() => os_realloc(null, size), RangeError, String(size));
  }
});

Deno.test("os_calloc() of a product that no memory has is out of memory", () => {
  assertThrows(() => os_calloc(2 ** 40, 2 ** 40), OutOfMemoryError);
});
