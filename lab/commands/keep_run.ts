import type { RunData } from "../runs/run_data.ts";
import { writeRun } from "../runs/write_run_json.ts";
import { writeFile } from "./output_file.ts";

/** Characters that a text can have, and so a run that is to be read again. */
const LONGEST_TEXT = 2 ** 29 - 24;

/**
 * Writes a run to a file, to be looked at later.
 *
 * @param data The run.
 * @param file The file; it is replaced if it is there.
 * @param longest Characters of what can be read again.
 * @returns What the user should know about it.
 * @throws {OutputError} If it cannot be written.
 */
export async function keepRun(
  data: RunData,
  file: string,
  longest = LONGEST_TEXT,
): Promise<string[]> {
  let length = 0;
  const parts = function* () {
    for (const part of writeRun(data)) {
      length += part.length;
      yield part;
    }
  };
  await writeFile(file, parts());
  return length <= longest ? [] : [
    `${file}: it is longer than a text can be, 512 MiB, and osmem cannot read ` +
    "it again; keep the trace",
  ];
}
