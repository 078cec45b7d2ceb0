import { type Command, Option } from "commander";
import { FORMAT_NAMES } from "../traces/formats/trace_format.ts";

/** Adds the option that says in which format a trace is, where content does not. */
export function addFormatOption(command: Command): Command {
  return command.addOption(
    new Option(
      "-F, --format <name>",
      "the trace's format, not to be found by content",
    )
      .choices(FORMAT_NAMES),
  );
}

/** What every command says of the calls or the run that it takes. */
export const RUN_ARGUMENT =
  "what osmem run -o wrote, or a recording, - for standard input, " +
  "workload:NAME,… or +100,+200,-0";
