/**
 * A lab to watch heaps in: script an experiment, replay what a real program
 * allocated, change the policy, and look at every moment of it.
 *
 * @example Why did the heap grow?
 * ```ts
 * import { experiment } from "@osmem/lab";
 * import { assertEquals } from "@std/assert";
 *
 * const run = experiment({ preallocate: 0 }, (heap) => {
 *   const blocks = Array.from({ length: 10 }, () => heap.malloc(64));
 *   for (const block of blocks.filter((_, at) => at % 2 === 0)) heap.free(block);
 *   heap.malloc(128);
 * });
 * assertEquals(run.growths.at(-1)?.reason, "scattered");
 * ```
 *
 * @module
 */
import "./renderer.ts";

export { replay, type ReplayOptions } from "./replay/replay.ts";
export { writeReportPage } from "./pages/report_page.ts";
export { experiment, type ExperimentOptions } from "./runs/experiment.ts";
export { type BlockRow, blockRows } from "./pictures/blocks/block_rows.ts";
export {
  type BlockListOptions,
  drawBlocks,
} from "./pictures/blocks/draw_blocks.ts";
export {
  drawHeaderBytes,
  type HeaderBytes,
  type HeaderBytesOptions,
} from "./pictures/blocks/draw_header_bytes.ts";
export type {
  AddressStyle,
  HeapExtent,
} from "./pictures/blocks/format_address.ts";
export type { BreakRaise } from "./runs/timeline/break_raises.ts";
export {
  type BlockLife,
  lifeOf,
  type Lives,
  STILL_LIVE,
} from "./runs/timeline/lives.ts";
export type { Segment } from "./runs/timeline/segments.ts";
export type { Timeline } from "./runs/timeline/timeline.ts";
export type { HeapState, MappedState } from "./runs/block_state.ts";
export type { HeapFigures } from "./runs/heap_figures.ts";
export type { HeapSnapshot } from "./runs/heap_snapshot.ts";
export type {
  MapOptions,
  MomentSVGOptions,
  NotebookPicture,
  ReportPageOptions,
  SummaryOptions,
  TimelineSVGOptions,
} from "./runs/picture_options.ts";
export {
  HeapMoment,
  type MomentSource,
  type RunBlock,
} from "./runs/heap_moment.ts";
export { parseRun } from "./runs/read_run_json.ts";
export { record } from "./runs/recording.ts";
export { Recording, type RecordingOptions } from "./runs/recording.ts";
export { Moment, Run } from "./runs/run.ts";
export type { RunCall } from "./runs/run_call.ts";
export type {
  Changes,
  Growth,
  GrowthReason,
  Mark,
  RunData,
  RunSystemCall,
  Samples,
} from "./runs/run_data.ts";
export type { RunJson, SnapshotJson } from "./runs/run_json.ts";
export type { BlockHistory } from "./runs/block_history.ts";
export type { RunTotals } from "./runs/run_totals.ts";
export type { RunStats } from "./runs/run_stats.ts";
export { parseTrace } from "./traces/read_trace.ts";
export type { CallName } from "./traces/trace.ts";
export type { FormatName } from "./traces/formats/trace_format.ts";
export { type ReadOptions, readTrace } from "./traces/read_trace.ts";
export type { Omissions, Peak, Trace } from "./traces/trace.ts";
export { TraceError, type TracePlace } from "./traces/trace_error.ts";
export {
  describeConversions,
  writeTrace,
} from "./traces/writers/write_trace.ts";
export type { WriterName } from "./traces/writers/trace_writer.ts";
export { comb, type CombOptions } from "./workloads/comb.ts";
export type {
  Distribution,
  DistributionName,
} from "./workloads/distributions.ts";
export { parseDistribution } from "./workloads/parse_distribution.ts";
export { parseWorkload } from "./workloads/parse_workload.ts";
export { ramp, type RampOptions, type RampOrder } from "./workloads/ramp.ts";
export {
  randomWorkload,
  type RandomWorkloadOptions,
} from "./workloads/random_workload.ts";
export {
  reallocGrowth,
  type ReallocGrowthOptions,
} from "./workloads/realloc_growth.ts";
export { sawtooth, type SawtoothOptions } from "./workloads/sawtooth.ts";
