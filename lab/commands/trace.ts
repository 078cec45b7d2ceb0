import { StandardOutput } from "../programs/standard_output.ts";
import { formatExit } from "../reference/reference_line.ts";
import type { ProgramOptions } from "./program_options.ts";
import { runProgramCommand } from "./run_program.ts";
import { OutputError, STANDARD_OUTPUT } from "./terminal.ts";

/** The options of `osmem trace`. */
export interface TraceCommandOptions extends ProgramOptions {
  /** A file for the trace. */
  readonly file?: string;
}

/**
 * Runs a C program, and writes its trace. Ends the process with the program's status.
 *
 * @param file The program.
 * @param args Arguments for the program.
 * @param options How to run it, and where to write the trace.
 * @throws {ProgramError} If the program cannot be compiled or loaded.
 */
export async function trace(
  file: string,
  args: string[],
  options: TraceCommandOptions,
): Promise<void> {
  const output = new TraceOutput(options.file);
  await runProgramCommand(file, args, options, {
    onCall: (lines) => output.write(lines),
    onStart: () => output.open(),
    onExit(status) {
      output.write(`${formatExit(status)}\n`);
      output.finish();
    },
  });
}

interface Writer {
  writeSync(bytes: Uint8Array<ArrayBuffer>): number;
}

/**
 * Where a trace goes while its program runs. Each call is written at once: a program
 * that crashes leaves the calls that it made until then.
 */
export class TraceOutput {
  readonly #file: string | undefined;
  #writer: Writer | undefined;
  #problem: unknown;

  /** @param file A file, which is replaced once it is opened; standard output if left out. */
  constructor(file?: string) {
    this.#file = file;
  }

  /**
   * Makes the file, unless a line was written to it already.
   *
   * @throws {OutputError} If it cannot be written.
   */
  open(): void {
    this.write("");
    this.finish();
  }

  /** Writes some lines. {@linkcode TraceOutput.finish} throws if that failed. */
  write(lines: string): void {
    if (this.#problem !== undefined) return;
    const bytes = new TextEncoder().encode(lines);
    try {
      this.#writer ??= open(this.#file);
      for (let from = 0; from < bytes.length;) {
        from += this.#writer.writeSync(bytes.subarray(from));
      }
    } catch (error) {
      this.#problem = error;
    }
  }

  /**
   * All lines are written.
   *
   * @throws {OutputError} If a line could not be written.
   */
  finish(): void {
    if (this.#problem === undefined) return;
    throw new OutputError(this.#file ?? STANDARD_OUTPUT, this.#problem);
  }
}

function open(file: string | undefined): Writer {
  return file === undefined ? new StandardOutput() : Deno.createSync(file);
}
