import type { Address } from "@osmem/osmem";
import { STATUS } from "@osmem/osmem/internal/plain";
import { CallKind, NO_BLOCK } from "../traces/trace.ts";
import type { RunData } from "./run_data.ts";

/** Knows of every block of a run which call allocated it and what it is labelled. */
export class BlockHistory {
  readonly #data: RunData;
  /** For each block, the call that allocated it plus 1; 0 for those there were before. */
  readonly #births: Uint32Array;
  /** The calls that gave each block a label, in order. */
  readonly #labels = new Map<number, number[]>();

  /** The numbers of the blocks there were before, by the address of their header. */
  readonly #initial = new Map<Address, number>();

  /**
   * Goes through the calls once.
   *
   * @param data The run.
   */
  constructor(data: RunData) {
    this.#data = data;
    this.#numberInitialBlocks();
    this.#births = new Uint32Array(data.blockCount);
    const isBorn = new Uint8Array(data.blockCount);
    isBorn.fill(1, 0, this.#initial.size);
    for (let call = 0; call < data.length; call++) {
      const block = data.blocks[call]!;
      const isFirst = block !== NO_BLOCK && isBorn[block] === 0;
      if (!isFirst || data.results[call] === 0) continue;
      isBorn[block] = 1;
      this.#births[block] = call + 1;
    }
    for (const call of data.labels.keys()) this.#noteLabel(call);
  }

  /** The number of a block that was live before the first call, by its header. */
  initialBlockAt(address: Address): number {
    return this.#initial.get(address) ?? NO_BLOCK;
  }

  /** Calls made when a block had been allocated; 0 if it was there before the first. */
  birthOf(block: number): number {
    return this.#births[block]!;
  }

  /** The label of a block after this many calls. */
  labelOf(block: number, calls: number): string | undefined {
    const given = this.#labels.get(block)?.findLast((call) => call < calls);
    return given === undefined ? undefined : this.#data.labels.get(given);
  }

  #numberInitialBlocks(): void {
    const { addresses, statuses } = this.#data.initial;
    addresses.forEach((address, index) => {
      if (statuses[index] === STATUS.free) return;
      this.#initial.set(address, this.#initial.size);
    });
  }

  #noteLabel(call: number): void {
    const { blocks, kinds, refusals } = this.#data;
    const block = blocks[call]!;
    const isLabelled = block !== NO_BLOCK && kinds[call] !== CallKind.free &&
      !refusals.has(call);
    if (!isLabelled) return;
    const calls = this.#labels.get(block);
    if (calls) calls.push(call);
    else this.#labels.set(block, [call]);
  }
}
