/**
 * What a {@linkcode UsageError} is about. Codes never change; messages may.
 *
 * | code | what was done |
 * |---|---|
 * | `"disposed"` | an object was used after it was disposed of |
 * | `"memory-gone"` | a heap was used whose memory was given back |
 * | `"in-use"` | a call was made that another use forbids for as long as it lasts |
 * | `"in-call"` | a heap was changed from inside a call of its own memory |
 * | `"wrong-answer"` | a {@linkcode Memory} gave an answer that no memory can give |
 * | `"wrong-type"` | a value, or a type, is not of a kind that is accepted there |
 * | `"no-such-field"` | a structure has no field of this name |
 * | `"transferred"` | an allocation was used after it was handed to another isolate |
 * | `"received"` | an allocation was received a second time |
 * | `"buffer-taken"` | memory was to be freed whose buffer was transferred, or cannot be detached |
 * | `"not-owner"` | somebody else than the owner of a block asked for what only the owner can do |
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
 * Thrown when a call is made at a wrong time or in a wrong way. It is a TypeError with a
 * code. Nothing was changed.
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
   * @param cause The error that led to this one, if any.
   */
  constructor(code: UsageErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? {} : { cause });
    this.code = code;
  }
}
