/**
 * How blocks are split and merged, step by step: one line for each state of the
 * heap, each block with its size in bytes.
 *
 * ```sh
 * deno run --allow-ffi examples/split_and_merge.ts
 * ```
 *
 * It prints:
 *
 * ```text
 * malloc(8) preallocates one free block and splits it
 *   [8] 960·
 * three more are split off
 *   [8] [200] [40] [64] 560·
 * free() only marks blocks: neighbours are not merged yet
 *   [8] 200· 40· [64] 560·
 * malloc(100) merges them, then takes the smallest block that suffices, and splits it
 *   [8] [104] 136· [64] 560·
 * malloc(112) uses a block whole: a rest of 24 bytes cannot hold another block
 *   [8] [104] [136] [64] 560·
 * realloc() to 300 cannot grow in place, so the block moves
 *   [8] 104· [136] [64] [304] 224·
 * realloc() to 400 absorbs the free block behind, and splits it again
 *   [8] 104· [136] [64] [400] 128·
 * ```
 *
 * `[8]` is an allocated block of 8 bytes, `960·` a free one; in front of each
 * lies a header of 32 bytes.
 *
 * @module
 */
import { type Block, Heap } from "@osmem/osmem";

using heap = new Heap({ preallocate: 1032 });

function show(step: string): void {
  console.log(step);
  console.log(`  ${Array.from(heap.blocks(), draw).join(" ")}`);
}

function draw({ size, status }: Block): string {
  return status === "free" ? `${size}·` : `[${size}]`;
}

heap.malloc(8);
show("malloc(8) preallocates one free block and splits it");

const [middle, next] = [heap.malloc(200), heap.malloc(40)];
heap.malloc(64);
show("three more are split off");

heap.free(middle);
heap.free(next);
show("free() only marks blocks: neighbours are not merged yet");

const small = heap.malloc(100);
show(
  "malloc(100) merges them, then takes the smallest block that suffices, and splits it",
);

heap.malloc(112);
show(
  "malloc(112) uses a block whole: a rest of 24 bytes cannot hold another block",
);

const moved = heap.realloc(small, 300);
show("realloc() to 300 cannot grow in place, so the block moves");

heap.realloc(moved, 400);
show("realloc() to 400 absorbs the free block behind, and splits it again");
