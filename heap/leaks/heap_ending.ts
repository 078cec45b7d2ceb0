import type { Blocks } from "../blocks.ts";
import { printLine } from "../print_line.ts";
import { LeakReport } from "./leak_report.ts";
import { type LeakListener, tellListener } from "./tell_leak.ts";

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
  readonly #blocks: Blocks;
  readonly #listener: LeakListener | undefined;

  /**
   * @param blocks The heap's blocks.
   * @param listener Told of each leak; by default a report is printed.
   */
  constructor(blocks: Blocks, listener: LeakListener | undefined) {
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
