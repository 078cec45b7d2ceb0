/**
 * Memory that C works on: a string whose length strlen(3) counts, and numbers
 * that qsort(3) sorts where they lie. Nothing is copied in between.
 *
 * ```sh
 * deno run --allow-ffi examples/memory_for_c.ts
 * ```
 *
 * It prints:
 *
 * ```text
 * strlen: 12
 * qsort: 2 3 5 7 11 13
 * ```
 *
 * @module
 */
import { type Address, Heap } from "@osmem/osmem";

const library = Deno.dlopen("libc.so.6", {
  strlen: { parameters: ["pointer"], result: "usize" },
  qsort: {
    parameters: ["pointer", "usize", "usize", "function"],
    result: "void",
  },
});
const c = library.symbols;

using heap = new Heap();

/** A string as C knows it: UTF-8, and a zero at its end. */
function allocateString(text: string): Address {
  const bytes = new TextEncoder().encode(`${text}\0`);
  const address = heap.malloc(bytes.length);
  heap.bytes(address).set(bytes);
  return address;
}

const greeting = allocateString("good morning");
console.log(`strlen: ${c.strlen(heap.pointer(greeting))}`);
heap.free(greeting);

const count = 6;
const numbers = heap.calloc(count, Int32Array.BYTES_PER_ELEMENT);
const { buffer, byteOffset } = heap.bytes(numbers);
const view = new Int32Array(buffer, byteOffset, count);
view.set([13, 2, 11, 3, 7, 5]);

const compare = new Deno.UnsafeCallback(
  { parameters: ["pointer", "pointer"], result: "i32" },
  (left, right) => numberAt(left) - numberAt(right),
);
c.qsort(
  heap.pointer(numbers),
  BigInt(count),
  BigInt(view.BYTES_PER_ELEMENT),
  compare.pointer,
);
console.log(`qsort: ${view.join(" ")}`);

/** The number that C points to: it lies in our block, so our view shows it. */
function numberAt(pointer: Deno.PointerValue): number {
  const offset = heap.address(pointer) - numbers;
  return view[offset / view.BYTES_PER_ELEMENT] as number;
}

compare.close();
library.close();
