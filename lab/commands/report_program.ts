import { drawTable, type TableColumn } from "../pictures/blocks/draw_table.ts";
import { summarizeRun } from "../pictures/summaries.ts";
import { formatBytes, formatCount, formatNumberOf } from "../pictures/units.ts";
import { type Leak, leaksOf } from "../programs/leaks.ts";
import type { ProgramHeap } from "../programs/program_heap.ts";
import type { Run } from "../runs/run.ts";
import { warn } from "./command_output.ts";
import { keepRunNow } from "./keep_run.ts";
import type { ProgramOptions } from "./program_options.ts";

const COLUMNS: readonly TableColumn<Leak>[] = [
  { heading: ["address"], cell: ({ address }) => [address] },
  {
    heading: ["bytes"],
    cell: ({ size }) => [formatCount(size)],
    isNumber: true,
  },
  {
    heading: ["first allocated by call"],
    cell: ({ call }) => [formatCount(call)],
    isNumber: true,
  },
];

/**
 * Says on standard error what a program that has ended left behind, and keeps its run.
 * Nothing is awaited: the process is about to end.
 *
 * @param opened The program's heap.
 * @param options What is asked for.
 * @throws {OutputError} If the run cannot be written.
 */
export function reportProgram(
  { heap, recording }: ProgramHeap,
  { leaks, stats, output }: ProgramOptions,
): void {
  const run = recording?.run();
  if (run && output !== undefined) warn(keepRunNow(run.data, output));
  if (run && stats) console.error(summarizeRun(run, errorStyle()));
  if (run && leaks) console.error(describeLeaks(run));
  else warnOfLeaks(heap);
}

function errorStyle() {
  return { colors: Deno.stderr.isTerminal() && !Deno.noColor };
}

function describeLeaks(run: Run): string {
  const leaks = leaksOf(run);
  if (leaks.length === 0) return "Every block was freed.";
  const bytes = leaks.reduce((sum, { size }) => sum + size, 0);
  return `${formatNumberOf(leaks.length, "block")} of ${formatBytes(bytes)} ` +
    `${leaks.length === 1 ? "was" : "were"} not freed:\n` +
    drawTable(COLUMNS, leaks);
}

function warnOfLeaks(heap: ProgramHeap["heap"]): void {
  const { liveBlocks } = heap.stats();
  if (liveBlocks === 0) return;
  const [was, them] = liveBlocks === 1 ? ["was", "it"] : ["were", "them"];
  warn([
    `${formatNumberOf(liveBlocks, "block")} ${was} not freed; ` +
    `--leaks lists ${them}`,
  ]);
}
