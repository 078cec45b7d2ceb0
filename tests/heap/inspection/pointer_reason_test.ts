// What an error says of a wrong pointer where more than one answer is near.
import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { Heap, InvalidPointerError } from "../../../mod.ts";

function refusal(heap: Heap, address: number): InvalidPointerError {
  const error = assertThrows(() => heap.free(address), InvalidPointerError);
  heap.check();
  return error;
}

for (const grow of ["by raising the break", "by absorbing"] as const) {
  Deno.test(`memory gained ${grow} is inside the block, and later freed`, () => {
    using heap = new Heap({ preallocate: 0 });
    const address = heap.malloc(8);
    if (grow === "by absorbing") {
      const next = heap.malloc(2000);
      heap.malloc(8);
      heap.free(next);
    }
    assertEquals(heap.realloc(address, 1000), address);
    const inside = refusal(heap, address + 504);
    assertEquals(inside.reason, "inside a block");
    assertEquals(inside.block?.payload, address);
    heap.free(address);
    const freed = refusal(heap, address + 504);
    assertEquals(freed.reason, "already freed");
    assertEquals(freed.block?.payload, address);
  });
}

Deno.test("memory that was never handed out is not called freed", () => {
  using heap = new Heap();
  const address = heap.malloc(8);
  assertEquals(refusal(heap, address + 4096).reason, "never allocated");
});

Deno.test("a pointer of another heap names the block it lies in", () => {
  using heap = new Heap();
  using other = new Heap();
  for (const size of [100, 200_000]) {
    const address = other.malloc(size);
    for (const offset of [0, 8, -8]) {
      const error = refusal(heap, address + offset);
      assertEquals(error.reason, "of another heap");
      assertEquals(error.block?.payload, address);
      assertStringIncludes(
        error.message,
        `${other.usableSize(address)} bytes`,
      );
    }
    other.check();
  }
});

Deno.test("a mapping that is gone is named with the size it had", () => {
  using heap = new Heap();
  const address = heap.malloc(200_000);
  heap.free(address);
  const error = refusal(heap, address);
  assertEquals(error.reason, "unmapped");
  assertEquals(error.block, {
    address: address - 32,
    payload: address,
    size: 200_000,
    status: "mapped",
  });
});

Deno.test("an address that is no whole number is not taken for free memory", () => {
  using heap = new Heap();
  const address = heap.malloc(100);
  heap.free(address);
  const error = assertThrows(
    () => heap.realloc(address + 0.5, 8),
    InvalidPointerError,
  );
  assertEquals(error.reason, "unaligned");
});

Deno.test("a use of freed memory and a second free have different codes", () => {
  using heap = new Heap();
  for (const size of [40, 200_000]) {
    const address = heap.malloc(size);
    heap.malloc(40);
    heap.free(address);
    assertEquals(refusal(heap, address).code, "double-free");
    const uses = [() => heap.bytes(address), () => heap.usableSize(address)];
    for (const use of uses) {
      const { code, message } = assertThrows(use, InvalidPointerError);
      assertEquals(code, "use-after-free");
      assertStringIncludes(
        message,
        "was freed already; do not use it afterwards. It ",
      );
      assertStringIncludes(message, `block of ${size} bytes`);
      assertEquals(/second free|whose payload/.test(message), false);
    }
  }
});

Deno.test("to resize a mapping that was freed is a use of it", () => {
  using heap = new Heap();
  const address = heap.malloc(200_000);
  heap.free(address);
  const error = assertThrows(
    () => heap.realloc(address, 8),
    InvalidPointerError,
  );
  assertEquals(error.code, "use-after-free");
});
