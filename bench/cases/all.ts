/** Something to measure: a module, and which of its workloads. */
export interface Case {
  /** Its name in the tables, and what `--case` looks for. */
  readonly name: string;
  /** What counts as one operation. */
  readonly operation: string;
  /** Its module in this folder. */
  readonly module: string;
  /** The export of the module that lays it out. */
  readonly workload: string;
}

/** The cases, in the order of the tables. */
export const CASES: readonly Case[] = [
  {
    name: "pair of one size",
    operation: "malloc and free of 64 bytes",
    module: "pair.ts",
    workload: "prepare",
  },
  {
    name: "random churn",
    operation: "free of a random block and malloc of 16 to 271 bytes",
    module: "churn.ts",
    workload: "prepare",
  },
  {
    name: "equal blocks, freed ascending",
    operation: "malloc and free of 64 bytes",
    module: "equal_blocks.ts",
    workload: "ascending",
  },
  {
    name: "equal blocks, freed descending",
    operation: "malloc and free of 64 bytes",
    module: "equal_blocks.ts",
    workload: "descending",
  },
  {
    name: "equal blocks, freed in random order",
    operation: "malloc and free of 64 bytes",
    module: "equal_blocks.ts",
    workload: "random",
  },
  {
    name: "alternating frees",
    operation: "free of every second block and malloc of 64 bytes",
    module: "alternating.ts",
    workload: "prepare",
  },
  {
    name: "growth of one block",
    operation: "realloc by 16 bytes more, up to 16 KiB",
    module: "growth.ts",
    workload: "one",
  },
  {
    name: "growth of all blocks in turn",
    operation: "realloc by 16 bytes more, up to 256 and from 16 again",
    module: "growth.ts",
    workload: "inTurn",
  },
];
