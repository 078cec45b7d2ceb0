/**
 * Told now and then how much was done.
 *
 * @param calls Calls made since it was told last.
 */
export type ProgressListener = (calls: number) => void;

/** Calls between two reports of progress. */
export const PROGRESS_CALLS = 16_384;
