/** One place where the native library was looked for, and why it was not used. */
export interface LibraryAttempt {
  /** The path, or the name of the library that is embedded in osmem. */
  readonly path: string;
  /** Why it could not be used. */
  readonly reason: string;
}

/**
 * Thrown on first use when the native library cannot be loaded. It lists every
 * path that was tried and says what to run. Its `cause` is the failure that matters: a
 * missing permission, else that of the library in `OSMEM_LIB`, else that of the embedded
 * library.
 *
 * @example What the message looks like
 * ```ts
 * import { LibraryError } from "@osmem/osmem";
 * import { assertStringIncludes } from "@std/assert";
 *
 * const error = new LibraryError([
 *   { path: "/srv/osmem/native/libosmem.so", reason: "no such file" },
 * ], "build it with `deno task build`");
 * assertStringIncludes(error.message, "/srv/osmem/native/libosmem.so: no such file");
 * ```
 */
export class LibraryError extends Error {
  /** `"LibraryError"`. */
  override readonly name = "LibraryError";
  /** `"library-not-loaded"`. */
  readonly code = "library-not-loaded";
  /** Every place that was tried, in order. */
  readonly attempts: readonly LibraryAttempt[];

  /**
   * Makes the error.
   *
   * @param attempts Every place that was tried, in order.
   * @param remedy What to do, as it continues "To mend it, ".
   * @param cause The failure that matters.
   */
  constructor(
    attempts: readonly LibraryAttempt[],
    remedy: string,
    cause?: unknown,
  ) {
    const tried = attempts.map(({ path, reason }) => `\n  - ${path}: ${reason}`)
      .join("");
    super(
      `Cannot load osmem's native library${
        tried && `. Tried:${tried}`
      }\nTo mend it, ${remedy}.`,
      { cause },
    );
    this.attempts = attempts;
  }
}
