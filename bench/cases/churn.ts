import { freeAll } from "../allocator.ts";
import { randomNumbers } from "../random.ts";
import { inSlots, type Preparation } from "../workload.ts";

/** Operations in the smallest part that can be timed. */
const PART = 2 ** 10;

const VICTIMS = 1; // the seed of the numbers of blocks; that of sizes is 0

/** Random choices are made beforehand, at least this many; then they repeat. */
const FEWEST_CHOICES = 2 ** 18;

/** A random block is freed, and a block of 16 to 271 bytes allocated in its place. */
export const small: Preparation = churnOf(smallSizes);

/** A random block is freed, and a block of 64 bytes, as all are, allocated in its place. */
export const oneSize: Preparation = churnOf(equalSizes);

/** A random block is resized to 16 to 271 bytes. */
export const resizes: Preparation = {
  on(allocator, blocks) {
    const { sizes, victims } = choose(smallSizes, blocks);
    const live = Array.from(
      { length: blocks },
      (_, index) => allocator.malloc(sizes[index] as number),
    );
    let start = 0;
    return {
      operations: PART,
      run(parts) {
        const end = start + parts * PART;
        for (let choice = start; choice < end; choice++) {
          const at = choice & (sizes.length - 1);
          const victim = victims[at] as number;
          live[victim] = allocator.realloc(live[victim]!, sizes[at] as number);
        }
        start = end & (sizes.length - 1);
      },
      end: () => freeAll(allocator, live),
    };
  },
  inC: inSlotsOf(smallSizes, "floor_resize"),
};

/**
 * Random churn with sizes from 16 bytes to 64 KiB, each order of magnitude as likely
 * as any other: small sizes are frequent, as in programs.
 */
export const mixed: Preparation = churnOf(mixedSizes);

/** Random churn of 16 to 271 bytes on two heaps in turn, each with half of the blocks. */
export const twoHeaps: Preparation = {
  on(first, blocks, another) {
    const second = another();
    const { sizes, victims } = choose(smallSizes, blocks);
    const live = Array.from(
      { length: blocks + 1 & ~1 },
      (_, index) => (index & 1 ? second : first).malloc(sizes[index] as number),
    );
    let start = 0;
    return {
      operations: PART,
      run(parts) {
        const end = start + parts * PART;
        for (let choice = start; choice < end; choice += 2) {
          const at = choice & (sizes.length - 1);
          const even = (victims[at] as number) & ~1;
          first.free(live[even]!);
          live[even] = first.malloc(sizes[at] as number);
          const odd = (victims[at + 1] as number) | 1;
          second.free(live[odd]!);
          live[odd] = second.malloc(sizes[at + 1] as number);
        }
        start = end & (sizes.length - 1);
      },
      end() {
        live.forEach((block, index) =>
          (index & 1 ? second : first).free(block)
        );
      },
    };
  },
  inC: inSlotsOf(smallSizes, "floor_churn"),
};

type SizesOf = (count: number) => Uint32Array<ArrayBuffer>;

function churnOf(sizesOf: SizesOf): Preparation {
  return {
    on(allocator, blocks) {
      const { sizes, victims } = choose(sizesOf, blocks);
      const live = Array.from(
        { length: blocks },
        (_, index) => allocator.malloc(sizes[index] as number),
      );
      let start = 0;
      return {
        operations: PART,
        run(parts) {
          const end = start + parts * PART;
          for (let choice = start; choice < end; choice++) {
            const at = choice & (sizes.length - 1);
            const victim = victims[at] as number;
            allocator.free(live[victim]!);
            live[victim] = allocator.malloc(sizes[at] as number);
          }
          start = end & (sizes.length - 1);
        },
        end: () => freeAll(allocator, live),
      };
    },
    inC: inSlotsOf(sizesOf, "floor_churn"),
  };
}

/** A workload in C that is given sizes and numbers of blocks. */
function inSlotsOf(
  sizesOf: SizesOf,
  work: "floor_churn" | "floor_resize",
): Preparation["inC"] {
  return (library, blocks) => {
    const { sizes, victims } = choose(sizesOf, blocks);
    let start = 0;
    const workload = inSlots(library, blocks, {
      operations: PART,
      run(parts) {
        for (let part = 0; part < parts; part++) {
          library[work](
            sizes.subarray(start),
            victims.subarray(start),
            PART,
          );
          start = (start + PART) & (sizes.length - 1);
        }
      },
    });
    library.floor_fill_mixed(sizes, blocks);
    return workload;
  };
}

/** Random sizes and blocks to free: a power of two of each, at least twice the blocks. */
function choose(sizesOf: SizesOf, blocks: number) {
  const count = Math.max(
    FEWEST_CHOICES,
    2 ** Math.ceil(Math.log2(2 * blocks)),
  );
  return {
    sizes: sizesOf(count),
    victims: randomNumbers(count, blocks, VICTIMS),
  };
}

function equalSizes(count: number): Uint32Array<ArrayBuffer> {
  return new Uint32Array(count).fill(64);
}

function smallSizes(count: number): Uint32Array<ArrayBuffer> {
  return randomNumbers(count, 256).map((number) => 16 + number);
}

function mixedSizes(count: number): Uint32Array<ArrayBuffer> {
  const steps = 2 ** 16;
  return randomNumbers(count, steps).map((number) =>
    Math.round(16 * (65536 / 16) ** (number / (steps - 1)))
  );
}
