import {
  type Distribution,
  formatDistribution,
  refuseDistribution,
} from "./distributions.ts";

/** A parameter that is a number. */
export interface NumberParameter {
  /** Tells the types apart. */
  readonly type: "number";
  /** What it is, with its unit. */
  readonly meaning: string;
  /** What it is if it is not given. */
  readonly default: number;
  /** The least value. */
  readonly minimum: number;
  /** The greatest value. */
  readonly maximum: number;
  /** Whether it must be an integer. */
  readonly integer: boolean;
}

/** A parameter that is one of a few words. */
export interface ChoiceParameter {
  /** Tells the types apart. */
  readonly type: "choice";
  /** What it is. */
  readonly meaning: string;
  /** What it is if it is not given. */
  readonly default: string;
  /** The words. */
  readonly choices: readonly string[];
}

/** A parameter that is a distribution. */
export interface DistributionParameter {
  /** Tells the types apart. */
  readonly type: "distribution";
  /** What is drawn from it, with its unit. */
  readonly meaning: string;
  /** What it is if it is not given. */
  readonly default: Distribution;
}

/** What a workload can be told. */
export type Parameter =
  | NumberParameter
  | ChoiceParameter
  | DistributionParameter;

/** What a parameter can be set to. */
export type ParameterValue = number | string | Distribution;

/** The parameters of a workload, by their names. */
export type WorkloadParameters<Options> = {
  readonly [Name in keyof Options]: Parameter;
};

/** The most blocks or calls that a workload may be asked for. */
export const GREATEST_COUNT = 10_000_000;
/** The most bytes that a workload may be asked to request at once: 1 TiB. */
export const GREATEST_SIZE = 2 ** 40;

/** A number of things. */
export function count(meaning: string, usual: number): NumberParameter {
  return integer(meaning, usual, 1, GREATEST_COUNT);
}

/** A number of bytes. */
export function bytes(meaning: string, usual: number): NumberParameter {
  return integer(meaning, usual, 0, GREATEST_SIZE);
}

/** A seed for chance. */
export function seed(): NumberParameter {
  return integer("the seed that chance begins with", 1, 0, 2 ** 31 - 1);
}

function integer(
  meaning: string,
  usual: number,
  minimum: number,
  maximum: number,
): NumberParameter {
  const type = "number";
  return { type, meaning, default: usual, minimum, maximum, integer: true };
}

/** A number that need not be an integer. */
export function real(
  meaning: string,
  usual: number,
  minimum: number,
  maximum: number,
): NumberParameter {
  const type = "number";
  return { type, meaning, default: usual, minimum, maximum, integer: false };
}

/** What a parameter must be, in words. */
export function describeParameter(parameter: Parameter): string {
  const { type, meaning } = parameter;
  if (type === "choice") return `${meaning}: ${parameter.choices.join(", ")}`;
  if (type === "distribution") return `${meaning}: a distribution`;
  const what = parameter.integer ? "an integer" : "a number";
  return `${meaning}: ${what} from ${parameter.minimum} to ${parameter.maximum}`;
}

/**
 * What was expected of a parameter, if its value is wrong.
 *
 * @returns `undefined` if the value is good.
 */
export function refuseParameter(
  parameter: Parameter,
  value: ParameterValue,
): string | undefined {
  if (isGood(parameter, value)) return undefined;
  const detail = typeof value === "object" ? refuseDistribution(value) : "";
  return describeParameter(parameter) + (detail ? `, with ${detail}` : "");
}

function isGood(parameter: Parameter, value: ParameterValue): boolean {
  switch (parameter.type) {
    case "choice":
      return parameter.choices.includes(value as string);
    case "distribution":
      return typeof value === "object" &&
        refuseDistribution(value) === undefined;
    case "number":
      return typeof value === "number" && value >= parameter.minimum &&
        value <= parameter.maximum &&
        (!parameter.integer || Number.isInteger(value));
  }
}

/**
 * The options of a workload, with defaults for those that are not given.
 *
 * @throws {RangeError} If an option is not what its parameter says.
 */
export function withDefaults<Options extends object>(
  parameters: WorkloadParameters<Options>,
  options: Partial<Options>,
): Options {
  const names = Object.keys(parameters) as (keyof Options & string)[];
  const values = names.map((name) => {
    const value = copied(
      (options[name] ?? parameters[name].default) as ParameterValue,
    );
    const expected = refuseParameter(parameters[name], value);
    if (expected !== undefined) {
      throw new RangeError(
        `${name} is ${formatValue(value)}: expected ${expected}`,
      );
    }
    return [name, value];
  });
  return Object.fromEntries(values) as Options;
}

/** Reads the parts of a value once: a getter may give another value the next time. */
function copied(value: ParameterValue): ParameterValue {
  if (typeof value !== "object") return value;
  const { name, values } = value;
  return { name, values: [...values] };
}

/** A workload's name with its options, as in `comb(blocks=1000, size=64)`. */
export function describeWorkload(name: string, options: object): string {
  const settings = Object.entries(options)
    .map(([option, value]) => `${option}=${formatValue(value)}`);
  return `${name}(${settings.join(", ")})`;
}

function formatValue(value: ParameterValue): string {
  return typeof value === "object" ? formatDistribution(value) : String(value);
}
