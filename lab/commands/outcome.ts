/** What came of a command that was carried out. */
export interface Outcome {
  /** Whether what it looked at failed, though itself it did not. */
  failed: boolean;
}
