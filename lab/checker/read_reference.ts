import { LONGEST_TEXT, MAX_INPUT } from "../traces/limits.ts";
import { readWhole } from "../traces/lines.ts";
import { TraceError } from "../traces/trace_error.ts";

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
 * @param maxInput The bytes that it may have.
 * @throws {CheckError} If it cannot be read.
 */
export async function readReference(
  file: string,
  maxInput?: number,
): Promise<string> {
  try {
    const text = await readText(file, maxInput);
    return text.replace(BYTE_ORDER_MARK, "").replaceAll("\r\n", "\n")
      .replace(/[^\n]$/, "$&\n");
  } catch (error) {
    throw unreadable(file, error);
  }
}

/**
 * The text of a file.
 *
 * @param file The file. A device or a pipe, which may have no end, is refused.
 * @param maxInput The bytes that it may have.
 * @throws {Deno.errors.NotFound} If there is no such file.
 * @throws {Error} If it cannot be read, or is longer.
 */
export async function readText(
  file: string,
  maxInput = MAX_INPUT,
): Promise<string> {
  const { isFile, isDirectory } = await Deno.stat(file);
  if (!isFile) {
    const kind = isDirectory ? "Is a directory" : "it is a device or a pipe";
    throw new CheckError(`${file}: cannot be read: ${kind}`);
  }
  using opened = await Deno.open(file);
  const most = Math.min(maxInput, LONGEST_TEXT);
  const bytes = await readWhole(opened.readable, file, most);
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
}

/** Says that a file or a folder cannot be read, and why. */
export function unreadable(path: string, error: unknown): CheckError {
  if (error instanceof CheckError) return error;
  if (error instanceof TraceError) {
    return new CheckError(error.message, { cause: error });
  }
  const problem = error instanceof Error ? error.message : String(error);
  return new CheckError(`${path}: cannot be read: ${problem}`, {
    cause: error,
  });
}
