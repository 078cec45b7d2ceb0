/**
 * What a {@linkcode UsageError} is about. Codes never change; messages may.
 *
 * | code | what was done |
 * |---|---|
 * | `"disposed"` | something was used that was disposed of |
 * | `"memory-gone"` | a heap was used whose memory was given back |
 * | `"in-use"` | something was asked for that cannot be had while another use lasts |
 * | `"in-call"` | a heap was to be changed from inside a call of its own memory |
 * | `"wrong-answer"` | a {@linkcode Memory} gave an answer that no memory can give |
 * | `"wrong-type"` | a value or a type was given of a kind that cannot be had there |
 * | `"no-such-field"` | a field was named that a structure does not have |
 * | `"transferred"` | an allocation was used that was handed to another isolate |
 * | `"received"` | an allocation was received that somebody received already |
 * | `"buffer-taken"` | memory was to be freed of which the buffer was transferred |
 * | `"not-owner"` | something was asked for that only the owner of a block can do |
 */
export type UsageErrorCode =
  | "disposed"
  | "memory-gone"
  | "in-use"
  | "in-call"
  | "wrong-answer"
  | "wrong-type"
  | "no-such-field"
  | "transferred"
  | "received"
  | "buffer-taken"
  | "not-owner";

/**
 * Thrown when something is done at a time or in a way that it cannot be done. It is a
 * TypeError that has a code. Nothing was changed.
 *
 * @example Use a heap that was disposed of
 * ```ts
 * import { Heap, UsageError } from "@osmem/osmem";
 * import { assertEquals, assertThrows } from "@std/assert";
 *
 * const heap = new Heap();
 * heap[Symbol.dispose]();
 * const error = assertThrows(() => heap.malloc(8), UsageError);
 * assertEquals(error.code, "disposed");
 * ```
 */
export class UsageError extends TypeError {
  /** `"UsageError"`. */
  override readonly name = "UsageError";
  /** What it is about. */
  readonly code: UsageErrorCode;

  /**
   * Makes the error.
   *
   * @param code What it is about.
   * @param message What was wrong and what to do.
   * @param cause The error that showed it, if one did.
   */
  constructor(code: UsageErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? {} : { cause });
    this.code = code;
  }
}
