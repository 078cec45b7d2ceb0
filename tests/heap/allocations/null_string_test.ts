import { assertEquals, assertThrows } from "@std/assert";
import { ArgumentError, Heap, type Pointee, readString } from "../../../mod.ts";

Deno.test("readString() of NULL gives null, as a pointer and as an address", () => {
  assertEquals([readString(null), readString(0)], [null, null]);
  assertEquals(readString(null, { maxLength: 3 }), null);
});

Deno.test("readString() of what is not NULL is a string for the compiler too", () => {
  using heap = new Heap();
  using text = heap.allocateString("text");
  const fromPointer: string = readString(text.pointer);
  const fromAllocation: string = readString(text, { maxLength: 2 });
  const perhaps: string | null = readString(text.pointer as Pointee);
  assertEquals([fromPointer, fromAllocation, perhaps], ["text", "te", "text"]);
});

Deno.test("the error of readString() lists null, which is accepted", () => {
  assertThrows(
    () => readString("text" as unknown as Pointee),
    ArgumentError,
    'Cannot read a string from "text": expected an allocation, a pointer, null, or an ' +
      "address, a non-negative safe integer",
  );
});
