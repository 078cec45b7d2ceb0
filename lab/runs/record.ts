import type { Heap } from "../../mod.ts";
import { Recording, type RecordingOptions } from "./recording.ts";

/**
 * Records a heap from now on: go on with what this returns in its place.
 *
 * @param heap The heap. It stays the caller's, to use and to dispose of.
 * @param options What the recording is called.
 * @throws {TypeError} If the heap is being recorded already, or was disposed.
 *
 * @example Record what a function does to a heap
 * ```ts
 * import { Heap } from "@osmem/osmem";
 * import { record } from "@osmem/osmem/lab";
 * import { assertEquals } from "@std/assert";
 *
 * using heap = new Heap();
 * using recording = record(heap);
 * recording.free(recording.malloc(100, "buffer"));
 * const run = recording.run();
 * assertEquals(run.stats().peakRequestedBytes, 100);
 * ```
 */
export function record(heap: Heap, options: RecordingOptions = {}): Recording {
  return new Recording(heap, options);
}
