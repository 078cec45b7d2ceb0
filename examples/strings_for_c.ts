/**
 * What C functions take, each in one line: strings, arrays of numbers, and an array of
 * pointers such as `argv`. A scope frees all of them together.
 *
 * ```sh
 * deno run --allow-ffi examples/strings_for_c.ts
 * ```
 *
 * It prints:
 *
 * ```text
 * getenv: good morning, Zoë
 * strchr: Zoë
 * qsort: 1.5 2.5 3.5 7.25
 * getopt: -n -v
 * ```
 *
 * @module
 */
import { Heap, readString } from "@osmem/osmem";

const library = Deno.dlopen("libc.so.6", {
  setenv: { parameters: ["pointer", "pointer", "i32"], result: "i32" },
  getenv: { parameters: ["pointer"], result: "pointer" },
  strchr: { parameters: ["pointer", "i32"], result: "pointer" },
  qsort: {
    parameters: ["pointer", "usize", "usize", "function"],
    result: "void",
  },
  getopt: { parameters: ["i32", "pointer", "pointer"], result: "i32" },
});
const c = library.symbols;

using heap = new Heap();
using scope = heap.scope({ label: "example" });

const name = scope.allocateString("GREETING");
const greeting = scope.allocateString("good morning, Zoë");
c.setenv(name.pointer, greeting.pointer, 1);
console.log(`getenv: ${readString(c.getenv(name.pointer))}`);
const from = c.strchr(greeting.pointer, "Z".charCodeAt(0));
console.log(`strchr: ${readString(from)}`);

const numbers = scope.allocateFrom(new Float64Array([3.5, 1.5, 7.25, 2.5]));
const shown = new Float64Array(numbers.bytes.buffer);
const compare = new Deno.UnsafeCallback(
  { parameters: ["pointer", "pointer"], result: "i32" },
  (left, right) => Math.sign(numberAt(left) - numberAt(right)),
);
c.qsort(numbers.pointer, BigInt(shown.length), 8n, compare.pointer);
console.log(`qsort: ${shown.join(" ")}`);
compare.close();

/** The number that C points to: it lies in our allocation, so our view shows it. */
function numberAt(pointer: Deno.PointerValue): number {
  return shown[(heap.address(pointer) - numbers.address) / 8] as number;
}

const args = ["program", "-n", "3", "-v"].map((text) =>
  scope.allocateString(text)
);
const argv = scope.allocatePointers(args, { terminate: true });
const options = scope.allocateString("n:v");
const found: string[] = [];
for (;;) {
  const option = c.getopt(args.length, argv.pointer, options.pointer);
  if (option < 0) break;
  found.push(`-${String.fromCharCode(option)}`);
}
console.log(`getopt: ${found.join(" ")}`);
library.close();
