import type { LiveBlock } from "../blocks.ts";
import { describeBlock } from "../describe_block.ts";
import { formatCalls } from "../holding/format_calls.ts";
import { printLine } from "../print_line.ts";
import type { Leak } from "./leak.ts";
import { leakOf } from "./leak_report.ts";

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

/** A block whose allocation is watched. */
type Watched = Omit<LiveBlock, "identity">;

interface Entry {
  readonly block: Watched;
  readonly listener: LeakListener | undefined;
}

/** Only reports: what the block is still good for, nobody can know here. */
const watched = new FinalizationRegistry<Entry>(({ block, listener }) => {
  const leak = leakOf(block);
  if (listener) tellListener(listener, leak);
  else printCollected(leak);
});

/**
 * Reports when an object is collected that ought to be disposed of. It does not keep the
 * object, nor the program.
 *
 * @param object What is held by the user.
 * @param block What is known of its block: it must not refer to the object.
 * @param listener Whom to tell; by default a line is printed.
 */
export function reportCollected(
  object: object,
  block: Watched,
  listener: LeakListener | undefined,
): void {
  watched.register(object, { block, listener }, block);
}

/** The object was disposed of, or its heap: there is nothing to report. */
export function forgetCollected(block: Watched): void {
  watched.unregister(block);
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
