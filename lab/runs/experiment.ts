import { Heap, type HeapOptions } from "@osmem/osmem";
import { record, type Recording, type RecordingOptions } from "./recording.ts";
import type { Run } from "./run.ts";

/** Options for {@linkcode experiment}: a policy, a memory, and a title. */
export interface ExperimentOptions extends HeapOptions, RecordingOptions {}

/**
 * Runs a script on a new heap and records what the heap did. The heap is disposed
 * of afterwards, so addresses are good only inside the script.
 *
 * @param options The heap's policy, and what the run is called.
 * @param script Allocates and frees.
 * @returns The run.
 * @throws {TypeError} If the script is asynchronous.
 * @throws Whatever the script throws.
 *
 * @example Script an experiment
 * ```ts
 * import { experiment } from "@osmem/lab";
 * import { assertEquals } from "@std/assert";
 *
 * const run = experiment({ title: "two blocks" }, (heap) => {
 *   const first = heap.malloc(1000, "header");
 *   heap.malloc(24, "body");
 *   heap.mark("the header is no longer needed");
 *   heap.free(first);
 * });
 * assertEquals(run.at(3).freeBlocks()[0]?.size, 1000);
 * ```
 */
export function experiment(
  options: ExperimentOptions,
  script: (heap: Recording) => void,
): Run {
  const { title = "experiment", ...heapOptions } = options;
  using heap = new Heap(heapOptions);
  using recording = record(heap, { title });
  const answer: unknown = script(recording);
  if (answer instanceof Promise) {
    answer.catch(() => {}); // it fails once the heap is gone
    throw new TypeError(
      "Cannot run an asynchronous script as an experiment: the heap is disposed of before " +
        "the script ends; make a heap, record() it, and await the script",
    );
  }
  return recording.run();
}
