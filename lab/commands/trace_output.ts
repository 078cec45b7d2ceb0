import { StandardOutput } from "../programs/standard_output.ts";
import { OutputError, STANDARD_OUTPUT } from "./terminal.ts";

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

  /** Writes some lines. What goes wrong is told by {@linkcode TraceOutput.finish}. */
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
