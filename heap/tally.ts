/** Counts live blocks and their payload's bytes, on the heap and mapped. */
export class Tally {
  /** Live blocks. */
  blocks = 0;
  /** Bytes of their payloads. */
  bytes = 0;
  /** The most that `bytes` has been. */
  peakBytes = 0;

  /** Counts bytes that a live block gained, or lost if negative. */
  add(bytes: number): void {
    this.bytes += bytes;
    if (this.bytes > this.peakBytes) this.peakBytes = this.bytes;
  }
}
