import { randomOrder } from "../random.ts";
import { inSlots, type Preparation } from "../workload.ts";

/** Equal blocks are allocated, then freed from the first to the last. */
export const ascending: Preparation = freedIn(indexes);

/** Equal blocks are allocated, then freed from the last to the first. */
export const descending: Preparation = freedIn((count) =>
  indexes(count).reverse()
);

/** Equal blocks are allocated, then freed in random order. */
export const random: Preparation = freedIn(randomOrder);

function indexes(count: number): Uint32Array<ArrayBuffer> {
  return Uint32Array.from({ length: count }, (_, index) => index);
}

function freedIn(
  orderOf: (count: number) => Uint32Array<ArrayBuffer>,
): Preparation {
  return {
    on(allocator, blocks) {
      const order = orderOf(blocks);
      const live = Array.from({ length: blocks }, () => allocator.none);
      return {
        operations: blocks,
        run(parts) {
          for (let part = 0; part < parts; part++) {
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
    },
    inC(library, blocks) {
      const order = orderOf(blocks);
      return inSlots(library, blocks, {
        operations: blocks,
        run(parts) {
          for (let part = 0; part < parts; part++) {
            library.floor_equal(order, blocks, 64);
          }
        },
      });
    },
  };
}
