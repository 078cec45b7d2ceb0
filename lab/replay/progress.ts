/**
 * Called now and then with the progress.
 *
 * @param calls Calls made since the last report.
 */
export type ProgressListener = (calls: number) => void;

/** Calls between two reports of progress. */
export const PROGRESS_CALLS = 16_384;

/** How long work is followed, and stopped. */
export interface Supervision {
  /** Receives the progress. */
  readonly onProgress?: ProgressListener;
  /** Stops the work between two calls. */
  readonly signal?: AbortSignal;
}

/**
 * Reports calls made and lets the event loop turn, so that an interruption gets
 * through.
 *
 * @returns Whether to go on.
 */
export async function reportProgress(
  { onProgress, signal }: Supervision,
  calls: number,
): Promise<boolean> {
  onProgress?.(calls);
  await new Promise((resolve) => setTimeout(resolve, 0));
  return !signal?.aborted;
}
