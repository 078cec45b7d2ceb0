import { OutputError, STANDARD_OUTPUT } from "./terminal.ts";

interface Writer {
  writeSync(bytes: Uint8Array): number;
}

/**
 * Where a trace goes while its program runs. Each call is written at once: a program
 * that crashes leaves the calls that it made until then.
 */
export class TraceOutput {
  readonly #name: string;
  readonly #writer: Writer;
  #problem: unknown;

  /**
   * @param file A file, which is replaced; standard output if left out.
   * @throws {OutputError} If it cannot be written.
   */
  constructor(file?: string) {
    this.#name = file ?? STANDARD_OUTPUT;
    this.#writer = file === undefined ? Deno.stdout : create(file);
  }

  /** Writes some lines. What goes wrong is told by {@linkcode TraceOutput.finish}. */
  write(lines: string): void {
    if (this.#problem !== undefined) return;
    const bytes = new TextEncoder().encode(lines);
    try {
      for (let from = 0; from < bytes.length;) {
        from += this.#writer.writeSync(bytes.subarray(from));
      }
    } catch (error) {
      this.#problem = error;
    }
  }

  /**
   * All lines are written. A reader that has gone away, as `head` does, is no error.
   *
   * @throws {OutputError} If a line could not be written for another reason.
   */
  finish(): void {
    const problem = this.#problem;
    if (problem === undefined || problem instanceof Deno.errors.BrokenPipe) {
      return;
    }
    throw new OutputError(this.#name, problem);
  }
}

function create(file: string): Writer {
  try {
    return Deno.createSync(file);
  } catch (error) {
    throw new OutputError(file, error);
  }
}
