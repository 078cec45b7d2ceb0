import { type Command, Option } from "commander";
import { WRITER_NAMES } from "../traces/writers/trace_writer.ts";
import type { ConvertCommandOptions } from "./convert.ts";
import { load } from "./load.ts";
import { addExamples, addReadingOptions, RUN_ARGUMENT } from "./options.ts";

/** Adds `osmem convert`. */
export function addConvertCommand(osmem: Command): void {
  const command = osmem.command("convert")
    .summary("write a trace in another format")
    .description(
      "Writes a trace in another format; the sizes and lifetimes of its blocks stay " +
        "the same. Formats: a malloc-lab file (rep), OSTEP's operations (ostep), or " +
        "osmem's own JSON (json), which keeps everything.",
    )
    .argument("<trace>", RUN_ARGUMENT)
    .addOption(
      new Option("-t, --to <format>", "format to write")
        .choices(WRITER_NAMES).makeOptionMandatory(),
    )
    .option(
      "-o, --output <file>",
      "file to write (default: standard output); .gz is compressed",
    );
  addExamples(addReadingOptions(command), [
    "osmem convert --to rep program.trace > program.rep",
    "osmem convert --to json -o program.json.gz program.trace",
    "osmem convert --to ostep workload:random,calls=40,seed=7",
  ]).action(async (name: string, options: ConvertCommandOptions) => {
    const { convert } = await load<typeof import("./convert.ts")>(
      "convert.ts",
    );
    await convert(name, options);
  });
}
