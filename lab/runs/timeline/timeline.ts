import type { Address } from "@osmem/osmem";
import type { BlockHistory } from "../block_history.ts";
import type { Mark, RunData } from "../run_data.ts";
import { type BreakRaise, raisesOf } from "./break_raises.ts";
import type { Lives } from "./lives.ts";
import { readLives } from "./read_lives.ts";
import { type Segment, segmentsOf } from "./segments.ts";

/** What a heap did, as rectangles in a plane of addresses over calls. */
export interface Timeline {
  /** Calls of the run. */
  readonly calls: number;
  /** The address of the heap's first header; 0 if there was none. */
  readonly start: Address;
  /** Allocated heap blocks, in the order in which they came to be. */
  readonly blocks: Lives;
  /** Free heap blocks, in the order in which they came to be; without number and label. */
  readonly freeBlocks: Lives;
  /** Mapped blocks, in the order in which they came to be. */
  readonly mappings: Lives;
  /** The parts of the heap at the end, in address order, memory of others between them. */
  readonly segments: readonly Segment[];
  /** The break as steps: each raise of it, in order, and why. */
  readonly raises: readonly BreakRaise[];
  /** Remarks between the calls, in order. */
  readonly marks: readonly Mark[];
}

/**
 * The timeline of a run, in one walk over its calls and changes.
 *
 * @param data The run.
 * @param history Which block is labelled how.
 */
export function timelineOf(data: RunData, history: BlockHistory): Timeline {
  const raises = raisesOf(data);
  return {
    calls: data.length,
    start: data.start,
    ...readLives(data, history),
    segments: segmentsOf(data.initial, raises),
    raises,
    marks: data.marks,
  };
}
