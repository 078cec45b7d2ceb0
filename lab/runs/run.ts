import { HeapMoment } from "./heap_moment.ts";
import type {
  MapOptions,
  MomentSVGOptions,
  NotebookPicture,
  ReportPageOptions,
  SummaryOptions,
  TimelineSVGOptions,
} from "./picture_options.ts";
import { type Timeline, timelineOf } from "./timeline/timeline.ts";
import { BlockHistory } from "./block_history.ts";
import { Keyframes } from "./keyframes.ts";
import { callOf, type RunCall } from "./run_call.ts";
import type { Growth, Mark, RunData, RunSystemCall } from "./run_data.ts";
import type { HeapPolicy } from "@osmem/osmem";
import { type RunJson, runToJson } from "./run_json.ts";
import { type RunStats, statsOf } from "./run_stats.ts";
import { RunTotals } from "./run_totals.ts";

/**
 * Draws runs and moments. A run is data and knows nothing of pictures, so that a command
 * that only prints figures does not load what draws them: `mod.ts` sets what draws.
 */
export interface Renderer {
  /** What {@linkcode Run.toSVG} returns. */
  timelineSVG(run: Run, options: TimelineSVGOptions): string;
  /** What {@linkcode Run.toHTML} returns. */
  page(run: Run, options: ReportPageOptions): string;
  /** What the console shows of a run. */
  runSummary(run: Run, options: SummaryOptions): string;
  /** What {@linkcode Moment.map} returns. */
  map(moment: Moment, options: MapOptions): string;
  /** What {@linkcode Moment.toSVG} returns. */
  momentSVG(moment: Moment, options: MomentSVGOptions): string;
  /** What the console shows of a moment. */
  momentSummary(moment: Moment, options: SummaryOptions): string;
}

let current: Renderer | undefined;

/** Sets what draws all runs and moments from now on. */
export function setRenderer(renderer: Renderer): void {
  current = renderer;
}

function renderer(): Renderer {
  if (current) return current;
  throw new Error("Cannot draw: import lab/mod.ts, which sets the renderer");
}

/** The heap at one moment of a run, between two calls, and pictures of it. */
export class Moment extends HeapMoment {
  /**
   * Draws a map of the heap for a terminal, with a legend. Headers are seen if there
   * are few enough blocks; the block that the last call returned is pointed at.
   *
   * @param options How wide it may be, and whether it is coloured.
   * @throws {RangeError} If it would be too narrow.
   *
   * @example Show what is left
   * ```ts
   * import { experiment } from "@osmem/lab";
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
    return renderer().map(this, options);
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
   * import { experiment } from "@osmem/lab";
   * import { assertStringIncludes } from "@std/assert";
   *
   * const run = experiment({}, (heap) => void heap.malloc(200, "name"));
   * assertStringIncludes(run.at(1).toSVG({ width: 640 }), "name · 200 B");
   * ```
   */
  toSVG(options: MomentSVGOptions = {}): string {
    return renderer().momentSVG(this, options);
  }

  /** What a notebook shows of a moment: its picture, or in text what the console shows. */
  [Symbol.for("Jupyter.display")](): NotebookPicture {
    return {
      "text/plain": renderer().momentSummary(this, {}),
      "image/svg+xml": this.toSVG(),
    };
  }

  /** What the console shows of a moment: the last call, the figures, and the map. */
  [Symbol.for("Deno.customInspect")](
    _inspect: unknown,
    options: SummaryOptions,
  ): string {
    return renderer().momentSummary(this, options);
  }
}

/**
 * What a heap did, call by call. Scripting a heap ({@linkcode experiment}),
 * wrapping one that is in use ({@linkcode record}) and replaying a trace
 * ({@linkcode replay}) all give a run.
 *
 * It keeps what each call changed, not the heap after each call: it grows with
 * the number of calls, whatever the number of blocks, and any moment is found in
 * about the time that it takes to copy the blocks.
 *
 * | method | what it costs |
 * |---|---|
 * | `call` | constant |
 * | `at` | a step for each block of that moment |
 * | `stats`, `timeline` | a step for each call |
 *
 * @example Look at a moment
 * ```ts
 * import { experiment } from "@osmem/lab";
 * import { assertEquals } from "@std/assert";
 *
 * const run = experiment({ fit: "first" }, (heap) => {
 *   const a = heap.malloc(1000, "header");
 *   heap.free(a);
 * });
 * assertEquals(run.at(1).blocks()[0]?.label, "header");
 * assertEquals(run.at(2).blocks()[0]?.status, "free");
 * ```
 */
export class Run {
  /** Everything that was recorded, as plain columns. */
  readonly data: RunData;
  readonly #keyframes: Keyframes;
  #history: BlockHistory | undefined;
  #totals: RunTotals | undefined;

  /**
   * Makes it ready for looking at any moment.
   *
   * @param data What was recorded.
   */
  constructor(data: RunData) {
    this.data = data;
    this.#keyframes = new Keyframes(data);
  }

  /** What was run. */
  get title(): string {
    return this.data.title;
  }

  /** The heap's policy. */
  get policy(): HeapPolicy {
    return this.data.policy;
  }

  /** Calls made. */
  get length(): number {
    return this.data.length;
  }

  /** Remarks between the calls, in order. */
  get marks(): readonly Mark[] {
    return this.data.marks;
  }

  /** Raises of the break, each with the reason. */
  get growths(): readonly Growth[] {
    return this.data.growths;
  }

  /** System calls, in order. */
  get systemCalls(): readonly RunSystemCall[] {
    return this.data.systemCalls;
  }

  /** Live bytes and footprint after each call. */
  get totals(): RunTotals {
    return this.#totals ??= new RunTotals(this.data);
  }

  /** Which call allocated each block, and how it is labelled. */
  get history(): BlockHistory {
    return this.#history ??= new BlockHistory(this.data);
  }

  /**
   * A call.
   *
   * @param call Its number, counted from 0.
   * @throws {RangeError} If there is no such call.
   */
  call(call: number): RunCall {
    requireUpTo("a call", call, this.length - 1);
    return callOf(this.data, call);
  }

  /**
   * The heap at one moment.
   *
   * @param calls Calls made before it: 0 for the beginning, `length` for the end.
   * @throws {RangeError} If the run has fewer calls.
   */
  at(calls: number): Moment {
    requireUpTo("a moment", calls, this.length);
    return new Moment({
      data: this.data,
      history: this.history,
      state: this.#keyframes.at(calls),
      requestedBytes: this.totals.requestedBytes[calls]!,
      footprintBytes: this.totals.footprintBytes[calls]!,
    });
  }

  /** The figures of the whole run. */
  stats(): RunStats {
    return statsOf({
      data: this.data,
      totals: this.totals,
      figuresAt: (calls) => this.at(calls).figures(),
    });
  }

  /** What `JSON.stringify` writes; {@linkcode parseRun} reads it again. */
  toJSON(): RunJson {
    return runToJson(this.data);
  }

  /**
   * The run as rectangles in a plane of addresses over calls: where each block
   * lived and how long, the break, marks, and mappings apart.
   *
   * @example What is live for more than ten calls?
   * ```ts
   * import { experiment } from "@osmem/lab";
   * import { assertEquals } from "@std/assert";
   *
   * const run = experiment({}, (heap) => {
   *   heap.malloc(1000, "cache");
   *   for (let call = 0; call < 10; call++) heap.free(heap.malloc(64));
   * });
   * const { from, to, labels } = run.timeline().blocks;
   * const long = from.findIndex((calls, life) => to[life]! - calls > 10);
   * assertEquals(labels.get(long), "cache");
   * ```
   */
  timeline(): Timeline {
    return timelineOf(this.data, this.history);
  }

  /**
   * Draws the {@linkcode Run.timeline} as an SVG document: addresses over calls, a
   * rectangle for the life of each block, the break as a line. It suits light pages
   * and dark ones, and stays below 2 MB however long the run is: what is smaller
   * than can be seen is merged into shades.
   *
   * @param options The size in pixels, the part of the run, a heading.
   * @throws {RangeError} If the size is too small, or there is no such part.
   *
   * @example Draw the second half of a run
   * ```ts
   * import { experiment } from "@osmem/lab";
   * import { assertStringIncludes } from "@std/assert";
   *
   * const run = experiment({ title: "a list that grows" }, (heap) => {
   *   let list = 0;
   *   for (let size = 1; size <= 100; size++) list = heap.realloc(list, 16 * size);
   * });
   * assertStringIncludes(run.toSVG({ from: 50, width: 640 }), "a list that grows");
   * ```
   */
  toSVG(options: TimelineSVGOptions = {}): string {
    return renderer().timelineSVG(this, options);
  }

  /** What a notebook shows of a run: its timeline, or in text what the console shows. */
  [Symbol.for("Jupyter.display")](): NotebookPicture {
    return {
      "text/plain": renderer().runSummary(this, {}),
      "image/svg+xml": this.toSVG(),
    };
  }

  /** What the console shows of a run: what was run, its figures, and the map at the end. */
  [Symbol.for("Deno.customInspect")](
    _inspect: unknown,
    options: SummaryOptions,
  ): string {
    return renderer().runSummary(this, options);
  }

  /**
   * A report of the run as one HTML file that needs nothing else: see
   * {@linkcode writeReportPage}.
   *
   * @param options The page's heading.
   * @returns The page's text, to be saved as a `.html` file.
   */
  toHTML(options: ReportPageOptions = {}): string {
    return renderer().page(this, options);
  }
}

function requireUpTo(what: string, value: number, most: number): void {
  if (Number.isInteger(value) && value >= 0 && value <= most) return;
  throw new RangeError(
    `Cannot show ${what} ${value} of this run: expected a whole number from 0 to ${most}`,
  );
}
