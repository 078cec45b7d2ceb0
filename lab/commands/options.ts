import { type Command, InvalidArgumentError, Option } from "commander";
import type { MemoryKind } from "../replay/open_heap.ts";
import { MAX_INPUT } from "../traces/limits.ts";
import { FORMAT_NAMES } from "../traces/formats/trace_format.ts";

const UNITS: Readonly<Record<string, number>> = {
  "": 1,
  K: 2 ** 10,
  M: 2 ** 20,
  G: 2 ** 30,
};

/**
 * Reads a number of bytes: `4096`, `128K`, `1.5M` or `2G`. The unit may end in `B` or
 * `iB`, as in `128KiB`.
 *
 * @throws {InvalidArgumentError} If the text is no such number.
 */
export function parseByteCount(text: string): number {
  const [, digits = "", unit = ""] =
    /^(\d+(?:\.\d+)?)\s*(?:([KMG])(?:i?B)?|B)?$/i.exec(text) ?? [];
  const bytes = Number(digits) * (UNITS[unit.toUpperCase()] ?? NaN);
  if (digits !== "" && Number.isSafeInteger(bytes)) return bytes;
  throw new InvalidArgumentError(
    "Expected whole bytes, as in 4096, 128K, 1.5M or 2G.",
  );
}

/**
 * Reads a threshold: a number of bytes, or `never`.
 *
 * @throws {InvalidArgumentError} If the text is neither.
 */
export function parseThreshold(text: string): number {
  return text === "never" ? Infinity : parseByteCount(text);
}

/** Reads how many processes may run at a time. */
export function parseJobs(text: string): number {
  if (/^[1-9]\d{0,3}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("Expected a whole number from 1 to 9999.");
}

/** Reads the number of a process. */
function parseProcess(text: string): number {
  if (/^\d{1,10}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("Expected the number of a process.");
}

/** Checks the name of a file that a run is written to. */
function parseRunFile(name: string): string {
  if (/\.json(\.gz)?$/.test(name)) return name;
  throw new InvalidArgumentError(
    "Expected a file name that ends in .json or .json.gz.",
  );
}

/** Moments of a run: numbers of calls made before them, or `end`. */
export type Moments = readonly (number | "end")[];

/**
 * Reads moments separated by commas, as in `0,100,end`.
 *
 * @throws {InvalidArgumentError} If one is neither a number of calls nor `end`.
 */
export function parseMoments(text: string): Moments {
  return text.split(",").map(parseMoment);
}

/**
 * Reads a moment.
 *
 * @throws {InvalidArgumentError} If the text is neither a number of calls nor `end`.
 */
export function parseMoment(text: string): number | "end" {
  if (text === "end") return text;
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new InvalidArgumentError(
    "Expected a number of calls made before the moment, or end.",
  );
}

/**
 * Adds `--json` and `--csv`, which exclude each other.
 *
 * @param command The command.
 * @param what What it prints as data.
 */
export function addDataOptions(command: Command, what: string): Command {
  return command
    .addOption(new Option("--json", `print ${what} as JSON`).conflicts("csv"))
    .addOption(new Option("--csv", `print ${what} as CSV`));
}

/** Adds the options of reading: `--format`, `--pid`, `--strict` and `--max-input`. */
export function addReadingOptions(command: Command): Command {
  command.addOption(
    new Option(
      "-F, --format <name>",
      "trace format (default: detect)",
    )
      .choices(FORMAT_NAMES),
  )
    .addOption(
      new Option(
        "--pid <number>",
        "read the calls of this process, where a recording has those of several",
      ).argParser(parseProcess),
    )
    .option(
      "--strict",
      "refuse a trace with a line that is not understood (default: skip the line)",
    );
  return addMaxInputOption(command, "trace");
}

/**
 * Adds `--max-input`: how long a file may be.
 *
 * @param command The command.
 * @param what What it reads.
 */
export function addMaxInputOption(command: Command, what: string): Command {
  return command.addOption(
    new Option(
      "--max-input <bytes>",
      `longest ${what} to read, counted after decompression`,
    ).argParser(parseByteCount).default(MAX_INPUT, "512M"),
  );
}

/** The help text for the trace or run that a command takes. */
export const RUN_ARGUMENT =
  "a trace, or a run that osmem run -o wrote; - for standard input; " +
  "workload:NAME,…; or operations, as in +100,+200,-0";

const MEMORY_KINDS: readonly MemoryKind[] = ["arena", "process"];

/**
 * Adds `--memory`.
 *
 * @param command The command.
 * @param what What the program break is for.
 */
export function addMemoryOption(command: Command, what: string): Command {
  return command.addOption(
    new Option("-m, --memory <kind>", what)
      .choices(MEMORY_KINDS).default("arena"),
  );
}

/**
 * Adds `--output`: a file for the run.
 *
 * @param command The command.
 * @param conflicts Options that exclude it.
 */
export function addRunOutputOption(
  command: Command,
  conflicts: string[] = [],
): Command {
  return command.addOption(
    new Option(
      "-o, --output <file>",
      "write the run to a file, to look at later (.json or .json.gz)",
    ).argParser(parseRunFile).conflicts(conflicts),
  );
}

const EXIT_STATUS = "Exit status: 0 done, 1 failed, 2 wrong usage.";

/**
 * Ends the help of a command with examples and the meaning of its exit status.
 *
 * @param command The command.
 * @param examples Command lines for a shell.
 * @param exitStatus The meaning of its exit status, where that is not the usual one.
 */
export function addExamples(
  command: Command,
  examples: readonly string[],
  exitStatus = EXIT_STATUS,
): Command {
  const lines = examples.map((example) => `  $ ${example}`);
  return command.addHelpText(
    "after",
    ["", "Examples:", ...lines, "", exitStatus].join("\n"),
  );
}
