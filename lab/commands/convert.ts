import { describeOmissions } from "../traces/omissions.ts";
import type { WriterName } from "../traces/writers/trace_writer.ts";
import {
  describeConversions,
  writeTrace,
} from "../traces/writers/write_trace.ts";
import { loadCalls, type ReadingOptions } from "./load_run.ts";
import { writeFile } from "./output_file.ts";
import { printChunks, warn } from "./terminal.ts";

/** The options of `osmem convert`. */
export interface ConvertCommandOptions extends ReadingOptions {
  /** The format to write. */
  readonly to: WriterName;
  /** The file to write. */
  readonly output?: string;
}

/**
 * Writes a trace in another format.
 *
 * @param name What the command line names: see {@linkcode loadCalls}.
 * @param options The formats, and the file to write.
 * @throws {TraceError} If the trace cannot be read.
 * @throws {OutputError} If the file cannot be written.
 */
export async function convert(
  name: string,
  { to, output, ...reading }: ConvertCommandOptions,
): Promise<void> {
  const trace = await loadCalls(name, reading);
  warn([...describeOmissions(trace), ...describeConversions(trace, to)]);
  const chunks = writeTrace(trace, to);
  if (output === undefined) await printChunks(chunks);
  else await writeFile(output, chunks);
}
