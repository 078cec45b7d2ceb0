/**
 * Told now and then how much was done.
 *
 * @param calls Calls made since it was told last.
 */
export type ProgressListener = (calls: number) => void;

/** Calls between two reports of progress. */
export const PROGRESS_CALLS = 16_384;

/** How long work is followed, and stopped. */
export interface Supervision {
  /** Told of calls made. */
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
