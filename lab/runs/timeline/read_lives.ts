import { HEADER_BYTES, STATUS } from "@osmem/osmem/internal/plain";
import type { Address } from "@osmem/osmem";
import type { BlockHistory } from "../block_history.ts";
import { requestedBy } from "../run_call.ts";
import { type RunData, UNMAPPED } from "../run_data.ts";
import { NO_BLOCK } from "../../traces/trace.ts";
import { BlockExtents } from "./block_extents.ts";
import { type BlockOwner, LifeLog } from "./life_log.ts";
import type { Lives } from "./lives.ts";

/** The lives in a run, by what the blocks are. */
export interface LivesByKind {
  /** Allocated heap blocks. */
  readonly blocks: Lives;
  /** Free heap blocks. */
  readonly freeBlocks: Lives;
  /** Mapped blocks. */
  readonly mappings: Lives;
}

/** Reads the lives of all blocks from what each call of a run changed. */
export function readLives(data: RunData, history: BlockHistory): LivesByKind {
  const reader = new LifeReader(data, history);
  const { ends } = data.changes;
  let change = 0;
  for (let call = 0; call < data.length; call++) {
    for (; change < ends[call]!; change++) reader.read(change, call);
  }
  return reader.finish();
}

/** Follows the blocks of a run, change by change. */
class LifeReader {
  readonly #data: RunData;
  readonly #history: BlockHistory;
  readonly #extents = new BlockExtents();
  readonly #blocks = new LifeLog();
  readonly #freeBlocks = new LifeLog();
  readonly #mappings = new LifeLog();

  constructor(data: RunData, history: BlockHistory) {
    this.#data = data;
    this.#history = history;
    this.#readInitial();
  }

  /** The next change, which this call made. */
  read(change: number, call: number): void {
    const { addresses, sizes, statuses } = this.#data.changes;
    const address = addresses[change]!;
    const size = sizes[change]!;
    const status = statuses[change]!;
    const calls = call + 1;
    if (status === UNMAPPED) this.#mappings.end(address, calls);
    else if (status === STATUS.mapped) {
      const owner = this.#ownerOf(address, size, call, this.#mappings);
      this.#mappings.begin(address, size, owner, calls);
    } else if (status === STATUS.free) this.#beFree(address, size, calls);
    else {
      const owner = this.#ownerOf(address, size, call, this.#blocks);
      this.#beAllocated(address, size, owner, calls);
    }
  }

  /** The columns. */
  finish(): LivesByKind {
    return {
      blocks: this.#blocks.finish(),
      freeBlocks: this.#freeBlocks.finish(),
      mappings: this.#mappings.finish(),
    };
  }

  #readInitial(): void {
    const { addresses, sizes, statuses, length } = this.#data.initial;
    for (let index = 0; index < length; index++) {
      const address = addresses[index]!;
      const size = sizes[index]!;
      const block = this.#history.initialBlockAt(address);
      const owner = { block, requestedBytes: size, label: undefined };
      if (statuses[index] === STATUS.free) this.#beFree(address, size, 0);
      else if (statuses[index] === STATUS.mapped) {
        this.#mappings.begin(address, size, owner, 0);
      } else this.#beAllocated(address, size, owner, 0);
    }
  }

  #beFree(address: Address, size: number, calls: number): void {
    this.#layDown(address, size, calls);
    this.#blocks.end(address, calls);
    this.#freeBlocks.begin(address, size, NOBODY, calls);
  }

  #beAllocated(
    address: Address,
    size: number,
    owner: BlockOwner,
    calls: number,
  ): void {
    this.#layDown(address, size, calls);
    this.#freeBlocks.end(address, calls);
    this.#blocks.begin(address, size, owner, calls);
  }

  /** Heap blocks that lay inside of this one are no more. */
  #layDown(address: Address, size: number, calls: number): void {
    this.#extents.put(address, size, (gone) => {
      this.#blocks.end(gone, calls);
      this.#freeBlocks.end(gone, calls);
    });
  }

  /** A call that was refused may have enlarged its block; it stays the same one's. */
  #ownerOf(
    address: Address,
    size: number,
    call: number,
    log: LifeLog,
  ): BlockOwner {
    const data = this.#data;
    const unknown = { ...NOBODY, requestedBytes: size };
    if (data.refusals.has(call)) return log.ownerAt(address) ?? unknown;
    if (data.results[call] !== address + HEADER_BYTES) return unknown;
    const block = data.blocks[call]!;
    return {
      block,
      requestedBytes: requestedBy(data, call),
      label: this.#history.labelOf(block, call + 1),
    };
  }
}

/** Whose free blocks are, and those that were allocated past the recording. */
const NOBODY: BlockOwner = {
  block: NO_BLOCK,
  requestedBytes: 0,
  label: undefined,
};
