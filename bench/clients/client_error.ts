/** What a C library answers where it could not do what it was asked for. */
export class ClientError extends Error {
  /** `"ClientError"`. */
  override readonly name = "ClientError";

  /**
   * Says what was asked for, and what the library said.
   *
   * @param call What was asked for.
   * @param status The library's own number for what went wrong.
   * @param reason The same in words.
   */
  constructor(call: string, readonly status: number, reason: string) {
    super(`${call} failed with status ${status}: ${reason}`);
  }
}
