import { COLOURS, PLAIN } from "../pictures/palette.ts";
import type { ReportOptions } from "../pictures/report.ts";

const PLAIN_WIDTH = 80; // columns where no terminal tells
const LEAST_WIDTH = 20; // columns; a narrower terminal wraps the lines itself

/** How to write for standard output: in colour on a terminal, plain elsewhere. */
export function terminalStyle(): TerminalStyle {
  const isTerminal = Deno.stdout.isTerminal();
  const colour = isTerminal && !Deno.noColor;
  const columns = isTerminal ? Deno.consoleSize().columns : 0;
  return {
    width: Math.max(LEAST_WIDTH, columns || PLAIN_WIDTH), // 0 where it is not known
    colour,
    palette: colour ? COLOURS : PLAIN,
  };
}

/** How to write for standard output. */
export interface TerminalStyle extends ReportOptions {
  /** Whether in colour. */
  readonly colour: boolean;
}

/** What stands for standard output in messages. */
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

/** What is there is looked at before it is written over. */
function lackingPermission(path: string): string {
  const granted = (["read", "write"] as const).map((name) =>
    Deno.permissions.querySync({ name, path }).state === "granted"
  );
  if (granted.every(Boolean)) return "--allow-all, which such a file takes";
  return granted[1] ? "--allow-read" : "--allow-write";
}

/**
 * The same as {@linkcode print}, finished on return; for short texts, as it
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
 * Writes a text and the end of its line to standard output. A reader that has
 * gone away, as `head` does, is no error.
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
