/**
 * How long memory lives: as long as a block of code, as what was moved out of it, or
 * until the heap is reset; and what a use after that is told.
 *
 * ```sh
 * deno run --allow-ffi examples/scopes.ts
 * ```
 *
 * It prints:
 *
 * ```text
 * in the scope: 3 live
 * moved out: 1 live, "kept"
 * a view of before: 0 bytes
 * UsageError, disposed: its scope "request" was disposed of
 * three requests: 0 live, all at one address
 * ```
 *
 * @module
 */
import {
  type Allocation,
  type Allocator,
  Heap,
  readString,
  UsageError,
} from "@osmem/osmem";

using heap = new Heap();

/** Whoever calls it says how long what it makes lives. */
function makeHeader(allocator: Allocator, text: string): Allocation {
  return allocator.allocateString(text, { label: "header" });
}

let header: Allocation;
let view: Uint8Array;
let kept: Allocation;
{
  using scope = heap.scope({ label: "request" });
  header = makeHeader(scope, "freed with the scope");
  view = header.bytes;
  kept = makeHeader(scope, "kept");
  scope.allocate(640, { align: 64 });
  console.log(`in the scope: ${heap.stats().liveBlocks} live`);
  scope.moveOut(kept);
}
console.log(
  `moved out: ${heap.stats().liveBlocks} live, "${readString(kept)}"`,
);
console.log(`a view of before: ${view.length} bytes`);
try {
  readString(header);
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  const [, what] = error.message.match(/\): (.*)/) ?? [];
  console.log(`${error.name}, ${error.code}: ${what}`);
}

const addresses = new Set<number>();
for (let request = 0; request < 3; request++) {
  heap.reset();
  addresses.add(heap.allocate(1000).address);
}
heap.reset();
const where = addresses.size === 1 ? "all at one address" : "at several";
console.log(`three requests: ${heap.stats().liveBlocks} live, ${where}`);
