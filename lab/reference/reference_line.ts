const RESULT_COLUMN = 90;

/** A line of a reference trace: a call, or a system call that the call above it made. */
export interface ReferenceLine {
  /** The function's name. */
  readonly name: string;
  /** Its arguments. */
  readonly args: readonly string[];
  /** What it returned. */
  readonly result: string;
}

/** Writes a line of a reference trace, without the indent of a system call. */
export function formatCall({ name, args, result }: ReferenceLine): string {
  return `${callOf(name, args).padEnd(RESULT_COLUMN)}= ${result}`;
}

/** Writes a line of a reference trace for a system call. */
export function formatSystemCall(
  { name, args, result }: ReferenceLine,
): string {
  return `${`  ${callOf(name, args)}`.padEnd(RESULT_COLUMN)}= ${result}`;
}

/** Writes the last line of a reference trace. */
export function formatExit(status: number): string {
  return `+++ exited (status ${status}) +++`;
}

function callOf(name: string, args: readonly string[]): string {
  return `${name} (['${args.join("', '")}'])`;
}
