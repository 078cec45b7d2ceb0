import { print } from "./terminal.ts";

/** What a command has to say. */
export interface CommandOutput {
  /** For standard output. */
  readonly text: string;
  /** For standard error: what the user should know about the input. */
  readonly warnings: readonly string[];
}

/** Prints what a command has to say. */
export async function show({ text, warnings }: CommandOutput): Promise<void> {
  warn(warnings);
  await print(text);
}

/** Prints warnings, one line each, to standard error. */
export function warn(warnings: readonly string[]): void {
  for (const warning of warnings) console.error(`osmem: warning: ${warning}`);
}
