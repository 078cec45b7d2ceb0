import { type Command, Option } from "commander";
import type { FormatName } from "../traces/formats/trace_format.ts";
import { describeOmissions } from "../traces/omissions.ts";
import {
  WRITER_NAMES,
  type WriterName,
} from "../traces/writers/trace_writer.ts";
import {
  describeConversions,
  writeTrace,
} from "../traces/writers/write_trace.ts";
import { warn } from "./command_output.ts";
import { addExamples } from "./examples_help.ts";
import { addFormatOption, RUN_ARGUMENT } from "./format_option.ts";
import { loadCalls } from "./load_run.ts";
import { writeFile } from "./output_file.ts";
import { printChunks } from "./terminal.ts";

/** The options of `osmem convert`. */
interface ConvertCommandOptions {
  /** The format of the trace. */
  readonly format?: FormatName;
  /** The format to write. */
  readonly to: WriterName;
  /** The file to write. */
  readonly output?: string;
}

/** Adds `osmem convert`. */
export function addConvertCommand(osmem: Command): void {
  const command = osmem.command("convert")
    .summary("write a trace in another format")
    .description(
      "Writes a trace in another format, so that its blocks have the same sizes " +
        "and lifetimes: a malloc-lab file (rep), OSTEP's operations (ostep), or " +
        "JSON (json), which keeps everything.",
    )
    .argument("<trace>", RUN_ARGUMENT)
    .addOption(
      new Option("-t, --to <format>", "the format to write")
        .choices(WRITER_NAMES).makeOptionMandatory(),
    )
    .option("-o, --output <file>", "write to a file (.gz is compressed)");
  addExamples(addFormatOption(command), [
    "osmem convert --to rep program.trace > program.rep",
    "osmem convert --to json -o program.json.gz program.trace",
    "osmem convert --to ostep workload:random,calls=40,seed=7",
  ]).action(convert);
}

async function convert(
  name: string,
  { format, to, output }: ConvertCommandOptions,
): Promise<void> {
  const trace = await loadCalls(name, { format });
  warn([...describeOmissions(trace), ...describeConversions(trace, to)]);
  const chunks = writeTrace(trace, to);
  if (output === undefined) await printChunks(chunks);
  else await writeFile(output, chunks);
}
