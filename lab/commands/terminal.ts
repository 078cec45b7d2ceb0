import { printableColours, printableLines } from "../printable.ts";

const PLAIN_WIDTH = 80; // columns where standard output is not a terminal
const LEAST_WIDTH = 20; // columns; a narrower terminal wraps the lines itself

/** How many columns a line on standard output may take. */
export function terminalWidth(): number {
  const isTerminal = Deno.stdout.isTerminal();
  const columns = isTerminal ? Deno.consoleSize().columns : 0; // 0 where it is not known
  return Math.max(LEAST_WIDTH, columns || PLAIN_WIDTH);
}

/** The name of standard output in messages. */
export const STANDARD_OUTPUT = "standard output";

/** Thrown when a file or standard output cannot be written. */
export class OutputError extends Error {
  /** `"OutputError"`. */
  override readonly name = "OutputError";

  /**
   * @param name What cannot be written.
   * @param cause What the system said.
   */
  constructor(name: string, cause: unknown) {
    const problem = cause instanceof Error ? cause.message : String(cause);
    const remedy = cause instanceof Deno.errors.NotCapable
      ? `Run deno with ${lackingPermission(name)}`
      : "Make room or write elsewhere";
    super(`cannot write to ${name}: ${problem}. ${remedy}`, { cause });
  }
}

/** A file that is replaced must be readable too. */
function lackingPermission(path: string): string {
  const granted = (["read", "write"] as const).map((name) =>
    Deno.permissions.querySync({ name, path }).state === "granted"
  );
  if (granted.every(Boolean)) return "--allow-all, which such a file takes";
  return granted[1] ? "--allow-read" : "--allow-write";
}

/**
 * Writes a short text and the end of its line to standard output before it returns. It
 * blocks while the reader is busy.
 *
 * @throws {OutputError} If it cannot be written.
 */
export function printNow(text: string): void {
  try {
    console.log(text);
  } catch (error) {
    throw new OutputError(STANDARD_OUTPUT, error);
  }
}

/**
 * Writes a text and the end of its line to standard output. It is not an error if the
 * reader has gone away, as `head` does.
 *
 * @throws {OutputError} If it cannot be written for another reason.
 */
export async function print(text: string): Promise<void> {
  await printChunks([`${text}\n`]);
}

/**
 * Writes a text in parts to standard output, as {@linkcode print} does.
 *
 * @throws {OutputError} If it cannot be written.
 */
export async function printChunks(chunks: Iterable<string>): Promise<void> {
  const encoder = new TextEncoder();
  const writer = Deno.stdout.writable.getWriter();
  try {
    for (const chunk of chunks) await writer.write(encoder.encode(chunk));
  } catch (error) {
    if (!(error instanceof Deno.errors.BrokenPipe)) {
      throw new OutputError(STANDARD_OUTPUT, error);
    }
  } finally {
    writer.releaseLock();
  }
}

/** What a command prints. */
export interface CommandOutput {
  /** For standard output. */
  readonly text: string;
  /** For standard error: warnings about the input. */
  readonly warnings: readonly string[];
}

/** Prints the output of a command. */
export async function show({ text, warnings }: CommandOutput): Promise<void> {
  warn(warnings);
  await print(Deno.stdout.isTerminal() ? printableColours(text) : text);
}

/** Prints warnings, one line each, to standard error. */
export function warn(warnings: readonly string[]): void {
  for (const warning of warnings) {
    console.error(printableLines(`osmem: warning: ${warning}`));
  }
}
