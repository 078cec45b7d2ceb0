import type { RunData } from "../runs/run_data.ts";
import { writeRun } from "../runs/write_run_json.ts";
import { LONGEST_TEXT } from "../traces/limits.ts";
import { writeFile } from "./output_file.ts";
import { writeFileNow } from "./write_file_now.ts";

/**
 * Writes a run to a file, to look at later.
 *
 * @param data The run.
 * @param file The file; it is replaced if it is there.
 * @param longest The number of characters from which on a run cannot be read again.
 * @returns What the user should know about it.
 * @throws {OutputError} If it cannot be written.
 */
export async function keepRun(
  data: RunData,
  file: string,
  longest = LONGEST_TEXT,
): Promise<string[]> {
  const parts = new MeasuredParts(writeRun(data));
  await writeFile(file, parts);
  return warningsOf(file, parts.length, longest);
}

/** Writes a run to a file before it returns, for a process that is about to end. */
export function keepRunNow(data: RunData, file: string): string[] {
  const parts = new MeasuredParts(writeRun(data));
  writeFileNow(file, parts);
  return warningsOf(file, parts.length, LONGEST_TEXT);
}

function warningsOf(file: string, length: number, longest: number): string[] {
  return length <= longest ? [] : [
    `${file}: longer than the longest string (512 MiB), so osmem cannot read it ` +
    "again; keep the trace",
  ];
}

/** A text in parts that knows how long those were that were taken. */
class MeasuredParts implements Iterable<string> {
  readonly #parts: Iterable<string>;
  #length = 0;

  constructor(parts: Iterable<string>) {
    this.#parts = parts;
  }

  /** Characters so far. */
  get length(): number {
    return this.#length;
  }

  *[Symbol.iterator](): Iterator<string> {
    for (const part of this.#parts) {
      this.#length += part.length;
      yield part;
    }
  }
}
