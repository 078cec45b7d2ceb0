import { printableLines } from "../printable.ts";
import { drawTable, type TableColumn } from "../pictures/blocks/draw_table.ts";
import { summarizeRun } from "../pictures/summaries.ts";
import { openProgram } from "../programs/open_program.ts";
import { openProgramHeap, type ProgramHeap } from "../programs/program_heap.ts";
import { runProgram } from "../programs/run_program.ts";
import { placeNamesOf } from "../runs/place_names.ts";
import type { Run } from "../runs/run.ts";
import { formatBytes, formatCount, formatNumberOf } from "../words.ts";
import { keepRunNow } from "./keep_run.ts";
import { policyIn } from "./policy_options.ts";
import type { ProgramOptions } from "./program_options.ts";
import { warn } from "./terminal.ts";

/** Receives what a program does. */
export interface ProgramObserver {
  /** Given the lines of each call, as the course's checker writes them. It must not throw. */
  readonly onCall: (lines: string) => void;
  /** It is loaded, and about to run. */
  readonly onStart: () => void;
  /** The program has ended. */
  readonly onExit: (status: number) => void;
}

const FAILED = 1;

/**
 * Runs a C program on a new heap. It ends the process with the program's exit status.
 *
 * @param file The program.
 * @param args Arguments for the program.
 * @param options How to run it.
 * @param observer Receives what the program does.
 * @throws {ProgramError} If it cannot be compiled or loaded.
 */
export async function runProgramCommand(
  file: string,
  args: readonly string[],
  options: ProgramOptions,
  observer?: ProgramObserver,
): Promise<never> {
  const isRecorded = options.leaks || options.stats ||
    options.output !== undefined;
  const opened = openProgramHeap({
    memory: options.memory,
    policy: policyIn(options),
    title: isRecorded ? file : undefined,
    onCall: observer?.onCall,
  });
  const load = async () => {
    const main = await openProgram(file, options); // its constructors may allocate
    observer?.onStart();
    return main;
  };
  return await runProgram(load, [file, ...args], (status) => {
    finish(() => {
      observer?.onExit(status);
      reportProgram(opened, options);
    });
  });
}

/** An error that is thrown while a process ends cannot be caught. */
function finish(action: () => void): void {
  try {
    action();
  } catch (error) {
    console.error(
      printableLines(
        error instanceof Error ? `osmem: ${error.message}` : String(error),
      ),
    );
    Deno.exit(FAILED);
  }
}

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
 * Reports on standard error what a program left when it ended, and writes its run.
 * Nothing is awaited: the process is about to end.
 *
 * @param opened The program's heap.
 * @param options What to report.
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

/** A block that a program did not free. */
export interface Leak {
  /** Where its payload lies, as in `HeapStart + 0x20`. */
  readonly address: string;
  /** Bytes, as asked for. */
  readonly size: number;
  /** The call that first allocated it, counted from 1: realloc may have moved it since. */
  readonly call: number;
}

/** The blocks that are live at the end of a run, in the order of their allocation. */
export function leaksOf(run: Run): Leak[] {
  const names = placeNamesOf(run.data, run.length);
  return run.at(run.length).blocks()
    .filter(({ status }) => status !== "free")
    .map(({ payload, requestedBytes, since }) => ({
      address: names.nameOf(payload),
      size: requestedBytes,
      call: since,
    }))
    .sort((left, right) => left.call - right.call);
}
