import type { Allocator } from "../allocator.ts";
import { randomOrder } from "../random.ts";
import { type Prepare, repeatsOf, type Workload } from "../workload.ts";

/** Equal blocks are allocated, then freed from the first to the last. */
export const ascending: Prepare = (allocator, blocks) =>
  allocateAndFree(allocator, indexes(blocks));

/** Equal blocks are allocated, then freed from the last to the first. */
export const descending: Prepare = (allocator, blocks) =>
  allocateAndFree(allocator, indexes(blocks).reverse());

/** Equal blocks are allocated, then freed in random order. */
export const random: Prepare = (allocator, blocks) =>
  allocateAndFree(allocator, randomOrder(blocks));

function indexes(count: number): Uint32Array {
  return Uint32Array.from({ length: count }, (_, index) => index);
}

function allocateAndFree<Block>(
  allocator: Allocator<Block>,
  order: Uint32Array,
): Workload {
  const repeats = repeatsOf(order.length);
  const live: Block[] = [];
  return {
    operations: repeats * order.length,
    round() {
      for (let repeat = 0; repeat < repeats; repeat++) {
        for (let index = 0; index < order.length; index++) {
          live[index] = allocator.malloc(64);
        }
        for (let turn = 0; turn < order.length; turn++) {
          allocator.free(live[order[turn] as number]!);
        }
      }
    },
    end() {},
  };
}
