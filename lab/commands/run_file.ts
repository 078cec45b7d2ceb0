import { InvalidArgumentError } from "commander";

/** The name of a file that a run can be written to. */
export function parseRunFile(name: string): string {
  if (/\.json(\.gz)?$/.test(name)) return name;
  throw new InvalidArgumentError(
    "Expected a file's name that ends in .json or .json.gz.",
  );
}
