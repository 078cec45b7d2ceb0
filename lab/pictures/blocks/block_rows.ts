import type { Address, BlockStatus } from "@osmem/osmem";
import type { HeapMoment } from "../../runs/heap_moment.ts";

/** A block as a row of a table: for JSON and CSV. */
export interface BlockRow {
  /** Its number in the order of allocation; `null` for a free block. */
  readonly block: number | null;
  /** Address of its header. */
  readonly header: Address;
  /** Address of its payload. */
  readonly payload: Address;
  /** Bytes of payload. */
  readonly size: number;
  /** Bytes asked for; 0 for a free block. */
  readonly requested: number;
  /** Whether it is free, allocated on the heap, or a mapping. */
  readonly state: BlockStatus;
  /** The header before it in the list; 0 is NULL. */
  readonly prev: Address;
  /** The header after it in the list; 0 is NULL. */
  readonly next: Address;
  /** Its label; `null` if it has none. */
  readonly label: string | null;
  /** Calls made when it was allocated, or became free. */
  readonly since: number;
}

/**
 * The blocks of a moment as rows: heap blocks in address order, then mappings.
 *
 * @param moment The moment.
 *
 * @example Write them as JSON
 * ```ts
 * import { blockRows, experiment } from "@osmem/lab";
 * import { assertStringIncludes } from "@std/assert";
 *
 * const run = experiment({}, (heap) => void heap.malloc(40, "name"));
 * assertStringIncludes(JSON.stringify(blockRows(run.at(1))), '"label":"name"');
 * ```
 */
export function blockRows(moment: HeapMoment): BlockRow[] {
  return moment.blocks().map((block) => ({
    block: block.block ?? null,
    header: block.address,
    payload: block.payload,
    size: block.size,
    requested: block.requestedBytes,
    state: block.status,
    prev: block.prev,
    next: block.next,
    label: block.label ?? null,
    since: block.since,
  }));
}
