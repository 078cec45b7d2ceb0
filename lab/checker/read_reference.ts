import { CheckError } from "./check_error.ts";

/**
 * The text of a reference trace. Lines may end as on Windows: what they say is the same.
 *
 * @param file The reference trace.
 * @throws {CheckError} If it cannot be read.
 */
export async function readReference(file: string): Promise<string> {
  try {
    const text = await Deno.readTextFile(file);
    return text.replaceAll("\r\n", "\n");
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
