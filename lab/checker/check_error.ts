/** Thrown when tests of an allocator cannot be found, or their points not be read. */
export class CheckError extends Error {
  /** `"CheckError"`. */
  override readonly name = "CheckError";
}
