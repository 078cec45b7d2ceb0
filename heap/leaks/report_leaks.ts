import type { Contract, LiveBlock } from "../contract.ts";
import { describeBlock, printLine } from "../../errors/messages.ts";
import { type Leak, leakOf, LeakReport } from "./leak_report.ts";
import { formatCalls } from "../../errors/stack_trace.ts";

/** The debug heaps of this isolate that were not disposed of. */
const open = new Set<HeapEnding>();

let isListening = false;

/** What is wrong with a heap that ends. */
interface Findings {
  readonly report: LeakReport;
  /** What was written where it should not be. */
  readonly damage: unknown;
}

/**
 * Tells what is wrong with a debug heap when it ends: when it is disposed of, or else
 * when the program or the Worker ends.
 */
export class HeapEnding {
  readonly #blocks: Contract;
  readonly #listener: LeakListener | undefined;

  /**
   * @param blocks The heap's blocks.
   * @param listener Told of each leak; by default a report is printed.
   */
  constructor(blocks: Contract, listener: LeakListener | undefined) {
    this.#blocks = blocks;
    this.#listener = listener;
    open.add(this);
    if (!isListening) addEventListener("unload", tellAll);
    isListening = true;
  }

  /** Looks for what is wrong, while the memory is still there. */
  examine(): Findings {
    if (this.#blocks.isMemoryGone) {
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
   * The heap was disposed of.
   *
   * @param findings What was wrong just before.
   * @throws {CorruptionError} If something was written where it should not be.
   */
  close({ report, damage }: Findings): void {
    open.delete(this);
    this.#tell(report, "a debug heap was disposed of");
    if (damage) throw damage;
  }

  /** The program ends, and nobody can catch an error any more. */
  tell(): void {
    const { report, damage } = this.examine();
    this.#tell(report, "the program ends");
    if (damage instanceof Error) printLine(damage.message);
  }

  #tell(report: LeakReport, when: string): void {
    if (report.blocks === 0) return;
    const listener = this.#listener;
    if (!listener) printLine(`leak: ${when} with blocks still live: ${report}`);
    else for (const leak of report.leaks) tellListener(listener, leak);
  }
}

function tellAll(): void {
  for (const ending of open) ending.tell();
  open.clear();
}

/** What is called for each leak that is found, instead of printing it. */
export type LeakListener = (leak: Leak) => void;

/**
 * Tells a leak to a listener. It runs in finalizers and at the end of a program, where
 * nobody can catch an error: what the listener throws is printed.
 */
export function tellListener(listener: LeakListener, leak: Leak): void {
  try {
    listener(leak);
  } catch (error) {
    printLine(`onLeak failed: ${Deno.inspect(error)}`);
  }
}

/**
 * Reports an allocation that was collected without being disposed of.
 *
 * @param block What is known of its block.
 * @param listener Called with the leak; by default a line is printed.
 */
export function reportCollected(
  block: Omit<LiveBlock, "identity">,
  listener: LeakListener | undefined,
): void {
  const leak = leakOf(block);
  if (listener) tellListener(listener, leak);
  else printCollected(leak);
}

/** Prints that an allocation was collected. */
function printCollected(leak: Leak): void {
  const where = leak.calls.length === 0
    ? ""
    : `. It was allocated at\n${formatCalls(leak.calls)}`;
  printLine(
    `leak: ${
      describeBlock("allocation", leak)
    } was collected, but never disposed ` +
      "of: its memory stays allocated; declare it with `using`, or dispose of it" +
      where,
  );
}
