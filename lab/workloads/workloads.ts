import type { Trace } from "../traces/trace.ts";
import { comb, COMB_PARAMETERS } from "./comb.ts";
import type { Parameter, ParameterValue } from "./parameters.ts";
import { ramp, RAMP_PARAMETERS } from "./ramp.ts";
import {
  RANDOM_WORKLOAD_PARAMETERS,
  randomWorkload,
} from "./random_workload.ts";
import { REALLOC_GROWTH_PARAMETERS, reallocGrowth } from "./realloc_growth.ts";
import { sawtooth, SAWTOOTH_PARAMETERS } from "./sawtooth.ts";

/** A workload that a command line can name. */
export interface Workload {
  /** Its name. */
  readonly name: string;
  /** What it does. */
  readonly description: string;
  /** What it can be told. */
  readonly parameters: Readonly<Record<string, Parameter>>;
  /**
   * Makes its trace.
   *
   * @throws {RangeError} If a value, or several together, are out of range.
   */
  readonly make: (values: Readonly<Record<string, ParameterValue>>) => Trace;
}

/** Every workload. */
export const WORKLOADS: readonly Workload[] = [
  {
    name: "random",
    description: "blocks of random sizes and lifetimes",
    parameters: { ...RANDOM_WORKLOAD_PARAMETERS },
    make: randomWorkload,
  },
  {
    name: "comb",
    description: "every second block freed, then larger ones",
    parameters: { ...COMB_PARAMETERS },
    make: comb,
  },
  {
    name: "ramp",
    description: "ever larger blocks, then all freed",
    parameters: { ...RAMP_PARAMETERS },
    make: ramp,
  },
  {
    name: "sawtooth",
    description: "allocated and freed in turns, the newest first",
    parameters: { ...SAWTOOTH_PARAMETERS },
    make: sawtooth,
  },
  {
    name: "realloc-growth",
    description: "blocks that grow by realloc in turns",
    parameters: { ...REALLOC_GROWTH_PARAMETERS },
    make: reallocGrowth,
  },
];

/** The names of the workloads. */
export const WORKLOAD_NAMES: readonly string[] = WORKLOADS.map(({ name }) =>
  name
);
