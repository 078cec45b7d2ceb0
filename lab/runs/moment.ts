import type { Address, BlockStatus } from "../../mod.ts";
import { drawMoment, type MapOptions } from "../pictures/moment_map.ts";
import {
  drawMomentSVG,
  type MomentSVGOptions,
} from "../pictures/moment/moment_svg.ts";
import {
  type NotebookPicture,
  summarizeMoment,
  type SummaryOptions,
} from "../pictures/summaries.ts";
import type { BlockHistory } from "./block_history.ts";
import { type BlockState, snapshotOf } from "./block_state.ts";
import { figuresOf, type HeapFigures } from "./heap_figures.ts";
import {
  HEADER_BYTES,
  type HeapSnapshot,
  Status,
  statusName,
} from "./heap_snapshot.ts";
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
  /** The header behind it in the list; 0 for the last one and for mappings. */
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
  readonly state: BlockState;
  /** Requested bytes that are live (P). */
  readonly requestedBytes: number;
  /** Bytes held from the system (H). */
  readonly footprintBytes: number;
}

/** The heap at one moment of a run: between two calls. */
export class Moment {
  readonly #source: MomentSource;
  #snapshot: HeapSnapshot | undefined;

  /** @param source What it is made of. */
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
    const { state } = this.#source;
    const heap = Array.from(state.cells, (_, index) => this.#heapBlock(index));
    const mapped = Array.from(
      state.mappings,
      ([address, { size, since }]) =>
        this.#describe(address, size, Status.mapped, since),
    );
    return [...heap, ...mapped];
  }

  /** The free blocks as the list that they form, in address order. */
  freeBlocks(): RunBlock[] {
    return this.blocks().filter(({ status }) => status === "free");
  }

  /**
   * Draws a map of the heap for a terminal, with a legend. Headers are seen if there
   * are few enough blocks; the block that the last call returned is pointed at.
   *
   * @param options How wide it may be, and whether it is coloured.
   * @throws {RangeError} If it would be too narrow.
   *
   * @example Show what is left
   * ```ts
   * import { experiment } from "@osmem/osmem/lab";
   * import { assertEquals } from "@std/assert";
   *
   * const run = experiment({ preallocate: 0 }, (heap) => {
   *   const first = heap.malloc(40);
   *   heap.malloc(24);
   *   heap.free(first);
   * });
   * const [heap] = run.at(3).map({ width: 40 }).split("\n");
   * assertEquals(heap, "       0 B ▌▌▌▌░░░░░▌▌▌▌███");
   * ```
   */
  map(options: MapOptions = {}): string {
    return drawMoment(this, options);
  }

  /**
   * Draws the heap as an SVG document: its blocks in address order and to scale, with
   * their headers if there are few enough of them, mappings apart. It suits light
   * pages and dark ones.
   *
   * @param options The width in pixels, and a heading.
   * @throws {RangeError} If it would be too narrow.
   *
   * @example Draw what is left
   * ```ts
   * import { experiment } from "@osmem/osmem/lab";
   * import { assertStringIncludes } from "@std/assert";
   *
   * const run = experiment({}, (heap) => void heap.malloc(200, "name"));
   * assertStringIncludes(run.at(1).toSVG({ width: 640 }), "name · 200 B");
   * ```
   */
  toSVG(options: MomentSVGOptions = {}): string {
    return drawMomentSVG(this, options);
  }

  /** What a notebook shows of a moment: its picture, or in text what the console shows. */
  [Symbol.for("Jupyter.display")](): NotebookPicture {
    return {
      "text/plain": summarizeMoment(this, {}),
      "image/svg+xml": this.toSVG(),
    };
  }

  /** What the console shows of a moment: the last call, the figures, and the map. */
  [Symbol.for("Deno.customInspect")](
    _inspect: unknown,
    options: SummaryOptions,
  ): string {
    return summarizeMoment(this, options);
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
    const owner = status === Status.free
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
