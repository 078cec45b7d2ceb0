import { HEADER_BYTES, STATUS } from "@osmem/osmem/internal/plain";
import type { Address, BlockStatus } from "@osmem/osmem";
import type { BlockHistory } from "./block_history.ts";
import { type HeapState, snapshotOf } from "./block_state.ts";
import { figuresOf, type HeapFigures } from "./heap_figures.ts";
import { type HeapSnapshot, statusName } from "./heap_snapshot.ts";
import { describeRunCall, requestedBy } from "./run_call.ts";
import type { RunData } from "./run_data.ts";

/** A block at one moment of a run. Sizes are in bytes. */
export interface RunBlock {
  /** Address of the header. */
  readonly address: Address;
  /** Address of the payload. */
  readonly payload: Address;
  /** Payload. */
  readonly size: number;
  /** Whether the block is free, allocated on the heap, or a mapping. */
  readonly status: BlockStatus;
  /** The header before it in the list; 0 for the first one and for mappings. */
  readonly prev: Address;
  /** The header after it in the list; 0 for the last one and for mappings. */
  readonly next: Address;
  /** Its number in the order of allocation; none for a free block. */
  readonly block: number | undefined;
  /** What was asked for; 0 for a free block. */
  readonly requestedBytes: number;
  /** Its label. */
  readonly label: string | undefined;
  /** Calls made when it was allocated, or when it became this free block; 0 if it was so before the first call. */
  readonly since: number;
  /** Calls made since then. */
  readonly age: number;
}

/** What a moment needs to know of its run. */
export interface MomentSource {
  /** The run's data. */
  readonly data: RunData;
  /** Which call allocated which block. */
  readonly history: BlockHistory;
  /** The blocks at the moment. */
  readonly state: HeapState;
  /** Requested bytes that are live (P). */
  readonly requestedBytes: number;
  /** The footprint: bytes obtained from the system (H). */
  readonly footprintBytes: number;
}

/**
 * The heap at one moment of a run: between two calls. It knows nothing of pictures,
 * so that a page which draws its own can use it.
 */
export class HeapMoment {
  readonly #source: MomentSource;
  #snapshot: HeapSnapshot | undefined;

  /**
   * Made by {@linkcode Run.at}.
   *
   * @param source What it is made of.
   */
  constructor(source: MomentSource) {
    this.#source = source;
  }

  /** Calls made before it. */
  get calls(): number {
    return this.#source.state.calls;
  }

  /** The blocks as columns. */
  get snapshot(): HeapSnapshot {
    return this.#snapshot ??= snapshotOf(this.#source.data, this.#source.state);
  }

  /** The call made just before it, as C would write it; none before the first. */
  get lastCall(): string | undefined {
    return this.calls === 0
      ? undefined
      : describeRunCall(this.#source.data, this.calls - 1);
  }

  /** Address of the header of the block that the last call returned; 0 for none. */
  get lastBlock(): Address {
    const result = this.#source.data.results[this.calls - 1] ?? 0;
    return result === 0 ? 0 : result - HEADER_BYTES;
  }

  /** The figures: live and free bytes, footprint, fragmentation. */
  figures(): HeapFigures {
    const { data, requestedBytes, footprintBytes } = this.#source;
    return figuresOf(this.snapshot, {
      calls: this.calls,
      requestedBytes,
      footprintBytes,
      mergesNeighbours: data.policy.coalesce !== "never",
    });
  }

  /** Every block: heap blocks in address order, then mappings. */
  blocks(): RunBlock[] {
    const { length } = this.snapshot;
    return Array.from({ length }, (_, index) => this.block(index));
  }

  /**
   * One of the blocks, by its place in {@linkcode HeapMoment.snapshot}.
   *
   * @param index From 0.
   * @throws {RangeError} If there are fewer blocks.
   */
  block(index: number): RunBlock {
    const { cells, mappings } = this.#source.state;
    const address = this.snapshot.addresses[index];
    if (address === undefined) {
      throw new RangeError(
        `Cannot show block ${index} of this moment: it has ${this.snapshot.length} blocks, counted from 0`,
      );
    }
    if (index < cells.length) return this.#heapBlock(index);
    const { size, since } = mappings.get(address)!;
    return this.#describe(address, size, STATUS.mapped, since);
  }

  /** The free blocks as the list that they form, in address order. */
  freeBlocks(): RunBlock[] {
    return this.blocks().filter(({ status }) => status === "free");
  }

  #heapBlock(index: number): RunBlock {
    const { statuses, since } = this.#source.state;
    const { addresses } = this.snapshot;
    const count = this.#source.state.cells.length;
    return {
      ...this.#describe(
        addresses[index]!,
        this.snapshot.sizes[index]!,
        statuses[index]!,
        since[index]!,
      ),
      prev: index === 0 ? 0 : addresses[index - 1]!,
      next: index === count - 1 ? 0 : addresses[index + 1]!,
    };
  }

  #describe(
    address: Address,
    size: number,
    status: number,
    changed: number,
  ): RunBlock {
    const owner = status === STATUS.free
      ? {
        block: undefined,
        requestedBytes: 0,
        label: undefined,
        since: changed,
      }
      : this.#ownerOf(address, size, changed);
    return {
      address,
      payload: address + HEADER_BYTES,
      size,
      status: statusName(status),
      prev: 0,
      next: 0,
      ...owner,
      age: this.calls - owner.since,
    };
  }

  /** A block that was changed past the recording belongs to no call. */
  #ownerOf(address: Address, size: number, changed: number) {
    const { data, history } = this.#source;
    const payload = address + HEADER_BYTES;
    const isFromBefore = changed === 0;
    const isReturned = data.results[changed - 1] === payload;
    if (!isFromBefore && !isReturned) {
      return {
        block: undefined,
        requestedBytes: size,
        label: undefined,
        since: changed,
      };
    }
    const block = isFromBefore
      ? history.initialBlockAt(address)
      : data.blocks[changed - 1]!;
    return {
      block,
      requestedBytes: isFromBefore ? size : requestedBy(data, changed - 1),
      label: history.labelOf(block, this.calls),
      since: history.birthOf(block),
    };
  }
}
