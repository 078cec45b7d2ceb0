import { Model } from "./model.ts";

/**
 * The model as C meets it, where no error can be caught: a wrong pointer is
 * ignored, and what cannot be answered is answered with NULL.
 */
export class ForgivingModel extends Model {
  override calloc(nmemb: number, size: number): number {
    return Number.isSafeInteger(nmemb * size) ? super.calloc(nmemb, size) : 0;
  }

  override realloc(address: number, size: number): number {
    return this.#isTaken(address) ? super.realloc(address, size) : 0;
  }

  override free(address: number): void {
    if (this.#isTaken(address)) super.free(address);
  }

  /** Whether a pointer is NULL or that of a live block. */
  #isTaken(address: number): boolean {
    return address === 0 ||
      this.blocks().some(({ payload, status }) =>
        payload === address && status !== "free"
      );
  }
}
