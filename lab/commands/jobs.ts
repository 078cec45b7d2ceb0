import { InvalidArgumentError } from "commander";

/** A number of processes at a time. */
export function parseJobs(text: string): number {
  if (/^[1-9]\d{0,3}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("Expected a whole number from 1 to 9999.");
}
