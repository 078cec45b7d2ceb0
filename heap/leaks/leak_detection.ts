/**
 * The two moments at which leaks are found without being asked for: when an allocation
 * is collected that was never disposed of, and when a debug heap ends.
 *
 * @module
 */
import { describeBlock, printLine } from "../../errors/messages.ts";
import { formatCalls } from "../../errors/stack_trace.ts";
import type { Leak, LeakListener } from "../heap_options.ts";
import { leakOf, LeakReport, type LiveBlock } from "./leak_report.ts";

/**
 * Reports an allocation that was collected without having been disposed of.
 *
 * @param block What is known of its block.
 * @param listener Called with the leak; by default a line is printed.
 */
export function reportCollected(
  block: Omit<LiveBlock, "identity">,
  listener: LeakListener | undefined,
): void {
  const leak = leakOf(block);
  if (listener) notify(listener, leak);
  else printCollected(leak);
}

function printCollected(leak: Leak): void {
  const where = leak.calls.length === 0
    ? ""
    : `. It was allocated at\n${formatCalls(leak.calls)}`;
  printLine(
    `leak: ${
      describeBlock("allocation", leak)
    } was collected, but never disposed ` +
      "of: its memory stays allocated; dispose of it once nothing points to its memory " +
      "any more, with `using` or with a scope" +
      where,
  );
}

/**
 * Calls a listener. This happens in finalizers and at the end of a program, where nobody
 * can catch an error: what the listener throws is printed.
 */
function notify(listener: LeakListener, leak: Leak): void {
  try {
    listener(leak);
  } catch (error) {
    printLine(`onLeak failed: ${Deno.inspect(error)}`);
  }
}

/** The blocks of a heap, as far as a {@linkcode FinalCheck} looks at them. */
interface CheckedBlocks {
  readonly isMemoryGone: boolean;
  readonly isInterrupted: boolean;
  live(): Iterable<LiveBlock>;
  check(): void;
}

/** What is wrong with a heap that ends. */
interface Findings {
  readonly report: LeakReport;
  /** The error that `check` threw, if any. */
  readonly damage: unknown;
}

/** The checks of this isolate's debug heaps that were not disposed of. */
const open = new Set<FinalCheck>();

let isListening = false;

/**
 * Checks a debug heap when it ends, and reports leaks and damage: when it is disposed of,
 * or else when the program or the Worker ends.
 */
export class FinalCheck {
  readonly #blocks: CheckedBlocks;
  readonly #listener: LeakListener | undefined;

  /**
   * @param blocks The heap's blocks.
   * @param listener Called for each leak; by default a report is printed.
   */
  constructor(blocks: CheckedBlocks, listener: LeakListener | undefined) {
    this.#blocks = blocks;
    this.#listener = listener;
    open.add(this);
    if (!isListening) addEventListener("unload", reportAll);
    isListening = true;
  }

  /** Looks for leaks and damage while the memory is still there, and its records are whole. */
  examine(): Findings {
    if (this.#blocks.isMemoryGone || this.#blocks.isInterrupted) {
      return { report: new LeakReport([]), damage: undefined };
    }
    const report = new LeakReport(this.#blocks.live());
    try {
      this.#blocks.check();
      return { report, damage: undefined };
    } catch (damage) {
      return { report, damage };
    }
  }

  /**
   * Reports for a heap that was disposed of.
   *
   * @param findings What {@linkcode FinalCheck.examine} found just before.
   * @throws {CorruptionError} If the heap was damaged.
   */
  close({ report, damage }: Findings): void {
    open.delete(this);
    this.#reportLeaks(report, "a debug heap was disposed of");
    if (damage) throw damage;
  }

  /** Reports for a heap that is there when the program ends: no error can be caught. */
  reportAtExit(): void {
    const { report, damage } = this.examine();
    this.#reportLeaks(report, "the program ends");
    if (damage instanceof Error) printLine(damage.message);
  }

  #reportLeaks(report: LeakReport, when: string): void {
    if (report.blocks === 0) return;
    const listener = this.#listener;
    if (!listener) printLine(`leak: ${when} with blocks still live: ${report}`);
    else for (const leak of report.leaks) notify(listener, leak);
  }
}

function reportAll(): void {
  for (const check of open) check.reportAtExit();
  open.clear();
}
