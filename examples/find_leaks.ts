/**
 * Mistakes with memory that a debug heap finds: blocks that nobody frees, and one that
 * is written over its end.
 *
 * ```sh
 * deno run --allow-ffi examples/find_leaks.ts
 * ```
 *
 * It prints:
 *
 * ```text
 * 4 blocks, 204 bytes
 *   192 bytes in 3 blocks "frame"
 *     loadFrame
 *     main
 *   12 bytes in 1 block
 *     copyName
 *     main
 * overrun of a block of 12 bytes, at offset 12
 * 64 bytes of "frame" were left
 * 64 bytes of "frame" were left
 * 64 bytes of "frame" were left
 * ```
 *
 * Without `onLeak` the first part would be printed, to standard error, when the heap is
 * disposed of.
 *
 * @module
 */
import {
  type Address,
  CorruptionError,
  Heap,
  type Leak,
  type LeakReport,
} from "@osmem/osmem";

function main(): void {
  using heap = new Heap({ debug: true, onLeak: showLeak });
  for (let count = 0; count < 3; count++) loadFrame(heap);
  const name = copyName(heap, "Ada Lovelace");
  showReport(heap.leaks());
  try {
    heap.free(name);
  } catch (error) {
    if (!(error instanceof CorruptionError)) throw error;
    const { code, block, offset } = error;
    console.log(
      `${code} of a block of ${block?.size} bytes, at offset ${offset}`,
    );
  }
}

/** Allocates what nobody will dispose of. */
function loadFrame(heap: Heap): void {
  heap.allocate(64, { label: "frame" }).bytes.fill(0);
}

/** Copies a name as C does, and writes its NUL where there is no room for it. */
function copyName(heap: Heap, name: string): Address {
  const address = heap.malloc(name.length);
  const pointer = heap.pointer(address)!;
  const memory = Deno.UnsafePointerView.getArrayBuffer(pointer, 100);
  new TextEncoder().encodeInto(`${name}\0`, new Uint8Array(memory));
  return address;
}

/** Prints a report, but for where this program lies, which differs. */
function showReport(report: LeakReport): void {
  const isNamed = (line: string) => !line.startsWith("    file:");
  const lines = String(report).split("\n").filter(isNamed);
  for (const line of lines) console.log(line.replace(/ \(file:.*\)$/, ""));
}

function showLeak({ size, label }: Leak): void {
  console.log(`${size} bytes of "${label}" were left`);
}

main();
