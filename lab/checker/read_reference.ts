/** Thrown when tests cannot be found or run, or their points cannot be read. */
export class CheckError extends Error {
  /** `"CheckError"`. */
  override readonly name = "CheckError";
}

const BYTE_ORDER_MARK = /^\uFEFF/;

/**
 * The text of a reference trace, without what editors do to it: lines that end as on
 * Windows, a byte order mark, a last line that has no end.
 *
 * @param file The reference trace.
 * @throws {CheckError} If it cannot be read.
 */
export async function readReference(file: string): Promise<string> {
  try {
    const text = await Deno.readTextFile(file);
    return text.replace(BYTE_ORDER_MARK, "").replaceAll("\r\n", "\n")
      .replace(/[^\n]$/, "$&\n");
  } catch (error) {
    throw unreadable(file, error);
  }
}

/** Says that a file or a folder cannot be read, and why. */
export function unreadable(path: string, error: unknown): CheckError {
  const problem = error instanceof Error ? error.message : String(error);
  return new CheckError(`${path}: cannot be read: ${problem}`, {
    cause: error,
  });
}
