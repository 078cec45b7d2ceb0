import { type Command, InvalidArgumentError, Option } from "commander";
import { checkOptions, COALESCE, FITS } from "@osmem/osmem/internal/plain";
import type { HeapPolicy } from "@osmem/osmem";
import { parseByteCount, parseThreshold } from "./options.ts";

/** The policy that the options of a command line give. */
export type PolicyOptions = Partial<HeapPolicy>;

/** Several values for each option: each combination is a policy. */
export type PolicyLists = {
  readonly [Name in keyof HeapPolicy]?: readonly HeapPolicy[Name][];
};

type OptionName = keyof HeapPolicy;

/** An option for a part of a policy. */
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
    help: "free block that a search takes: best, first, next or worst",
    parse: oneOf(FITS),
  },
  {
    name: "split",
    flags: "--split",
    help: "split blocks that are larger than requested: yes or no",
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
    help: "smallest request that malloc serves with mmap, or never",
    parse: parseThreshold,
  },
  {
    name: "callocThreshold",
    flags: "--calloc-threshold",
    help: "smallest request that calloc serves with mmap, or never",
    parse: parseThreshold,
  },
  {
    name: "preallocate",
    flags: "-p, --preallocate",
    help: "bytes by which the break grows at first use",
    parse: parseByteCount,
  },
  {
    name: "growth",
    flags: "-g, --growth",
    help: "grow the break in multiples of this many bytes",
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

/** Adds an option for each part of a policy that takes several values, separated by commas. */
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

/** Every combination of the given values. */
export function combinationsOf(lists: PolicyLists): PolicyOptions[] {
  return OPTIONS.reduce<PolicyOptions[]>((policies, { name }) => {
    const values = lists[name];
    if (!values) return policies;
    return policies.flatMap((policy) =>
      values.map((value) => ({ ...policy, [name]: value }))
    );
  }, [{}]);
}

/** The arguments that give a policy on a command line. */
export function argumentsFor(policy: PolicyOptions): string[] {
  return OPTIONS.flatMap(({ name, flags }) => {
    const value = policy[name];
    if (value === undefined) return [];
    return [flags.split(" ").at(-1) as string, argumentFor(value)];
  });
}

/** Reads a value, and checks that a heap takes it. */
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

/** A value as a command line gives it. */
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
