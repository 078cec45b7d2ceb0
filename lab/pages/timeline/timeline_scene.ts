import type { RunData } from "../../runs/run_data.ts";
import { type Footprint, footprintOf } from "./footprint.ts";
import { type AllLives, livesOf } from "./lives.ts";
import type { TimelineWindow } from "./timeline_window.ts";

/** Blocks that reach less high than this share of the heap are shown alone. */
const SHARE_TO_SHOW_ALL = 0.5;
/** Room above what is shown, as a share of it. */
const ROOM_ABOVE = 0.05;
/** Bytes that are shown of a heap that holds nothing. */
const FEWEST_BYTES = 1024;

/** Everything that a timeline shows of a run. */
export interface TimelineScene {
  /** Calls of the run. */
  readonly length: number;
  /** The memory obtained from the system. */
  readonly footprint: Footprint;
  /** The lives of the blocks. */
  readonly lives: AllLives;
  /** The offset past the highest block that there ever was. */
  readonly blocksEnd: number;
}

/** What a timeline shows of a run. */
export function timelineSceneOf(data: RunData): TimelineScene {
  const footprint = footprintOf(data);
  const lives = livesOf(data, footprint);
  const blocksEnd = lives.heap.high.reduce((a, b) => Math.max(a, b), 0);
  return { length: data.length, footprint, lives, blocksEnd };
}

/** The window that shows all of these runs. */
export function wholeWindow(scenes: readonly TimelineScene[]): TimelineWindow {
  const bytes = Math.max(
    FEWEST_BYTES,
    ...scenes.map(({ footprint }) => footprint.heap.length),
  );
  return {
    from: 0,
    to: Math.max(...scenes.map(({ length }) => length)) + 1,
    low: 0,
    high: bytes * (1 + ROOM_ABOVE),
  };
}

/** The window that shows all blocks, without memory that was obtained but never used. */
export function blocksWindow(scenes: readonly TimelineScene[]): TimelineWindow {
  const bytes = Math.max(
    FEWEST_BYTES,
    ...scenes.map(({ blocksEnd }) => blocksEnd),
  );
  return { ...wholeWindow(scenes), high: bytes * (1 + ROOM_ABOVE) };
}

/** The window that is shown first: all, unless most of it would be empty. */
export function firstWindow(scenes: readonly TimelineScene[]): TimelineWindow {
  const whole = wholeWindow(scenes);
  const blocks = blocksWindow(scenes);
  return blocks.high < whole.high * SHARE_TO_SHOW_ALL ? blocks : whole;
}
