import { type Command, InvalidArgumentError, Option } from "commander";
import { checkOptions, COALESCE, FITS } from "../../heap/heap_options.ts";
import type { HeapPolicy } from "../../mod.ts";
import { parseByteCount, parseThreshold } from "./byte_count.ts";

/** The policy of a heap as options of a command line give it. */
export type PolicyOptions = Partial<HeapPolicy>;

/** Several values for each option: every combination of them is a policy. */
export type PolicyLists = {
  readonly [Name in keyof HeapPolicy]?: readonly HeapPolicy[Name][];
};

type OptionName = keyof HeapPolicy;

/** An option: how it is given, what it is, and how a value is read. */
interface PolicyOption {
  readonly name: OptionName;
  readonly flags: string;
  readonly help: string;
  readonly parse: (text: string) => string | number | boolean;
}

const OPTIONS: readonly PolicyOption[] = [
  {
    name: "fit",
    flags: "-f, --fit",
    help: "which free block a search takes: best, first, next or worst",
    parse: oneOf(FITS),
  },
  {
    name: "split",
    flags: "--split",
    help: "whether blocks that are too large are split: yes or no",
    parse: (text) => oneOf(["yes", "no"])(text) === "yes",
  },
  {
    name: "coalesce",
    flags: "-c, --coalesce",
    help: "when free neighbours are merged: deferred, immediate or never",
    parse: oneOf(COALESCE),
  },
  {
    name: "mmapThreshold",
    flags: "--mmap-threshold",
    help: "from so many bytes on, malloc makes a mapping; or never",
    parse: parseThreshold,
  },
  {
    name: "callocThreshold",
    flags: "--calloc-threshold",
    help: "the same for calloc",
    parse: parseThreshold,
  },
  {
    name: "preallocate",
    flags: "-p, --preallocate",
    help: "bytes by which the break is raised first",
    parse: parseByteCount,
  },
  {
    name: "growth",
    flags: "-g, --growth",
    help: "bytes of which every raise of the break is a multiple",
    parse: parseByteCount,
  },
];

/** Adds an option for each part of a policy. */
export function addPolicyOptions(command: Command): Command {
  for (const option of OPTIONS) {
    const { flags, help } = option;
    command.addOption(
      new Option(`${flags} <${valueName(flags)}>`, help)
        .argParser((text: string) => readValue(option, text)),
    );
  }
  return command;
}

/** The same, but each takes several values with commas in between. */
export function addPolicyLists(command: Command): Command {
  for (const option of OPTIONS) {
    const { flags, help } = option;
    command.addOption(
      new Option(`${flags} <list>`, help).argParser((
        text: string,
      ) => [
        ...new Set(text.split(",").map((value) => readValue(option, value))),
      ]),
    );
  }
  return command;
}

/** The policy among the options of a command. */
export function policyIn(options: PolicyOptions): PolicyOptions {
  const given = OPTIONS.filter(({ name }) => options[name] !== undefined);
  return Object.fromEntries(given.map(({ name }) => [name, options[name]]));
}

/** Every combination of the values that are given. */
export function combinationsOf(lists: PolicyLists): PolicyOptions[] {
  return OPTIONS.reduce<PolicyOptions[]>((policies, { name }) => {
    const values = lists[name];
    if (!values) return policies;
    return policies.flatMap((policy) =>
      values.map((value) => ({ ...policy, [name]: value }))
    );
  }, [{}]);
}

/** A policy as the options that give it. */
export function argumentsFor(policy: PolicyOptions): string[] {
  return OPTIONS.flatMap(({ name, flags }) => {
    const value = policy[name];
    if (value === undefined) return [];
    return [flags.split(" ").at(-1) as string, argumentFor(value)];
  });
}

/** A value, if a heap takes it. */
function readValue({ name, parse }: PolicyOption, text: string) {
  const value = parse(text);
  try {
    checkOptions({ [name]: value });
  } catch (error) {
    if (error instanceof RangeError) {
      throw new InvalidArgumentError(`${error.message}.`);
    }
    throw error;
  }
  return value;
}

/** A value as it is given on a command line. */
function argumentFor(value: string | number | boolean): string {
  if (typeof value === "boolean") return value ? "yes" : "no";
  return value === Infinity ? "never" : String(value);
}

function oneOf(values: readonly string[]): (text: string) => string {
  return (text) => {
    if (values.includes(text)) return text;
    throw new InvalidArgumentError(`Expected one of ${values.join(", ")}.`);
  };
}

function valueName(flags: string): string {
  if (flags.includes("threshold")) return "bytes";
  return flags.includes("preallocate") || flags.includes("growth")
    ? "bytes"
    : "policy";
}
