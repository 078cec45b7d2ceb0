import { beforeEndingSignal } from "../processes/ending_signals.ts";
import { COMPILE_COMMAND } from "./compile_command.ts";
import { ProgramError } from "./program_error.ts";

/**
 * A folder to compile a program in. It is removed when it is disposed of, also if the
 * process is told to end before.
 */
export class CompileFolder implements Disposable {
  /** Where it is. */
  readonly path: string;
  readonly #ending: Disposable;

  /**
   * Makes it.
   *
   * @param program The program, for messages.
   * @throws {ProgramError} If it cannot be made.
   */
  constructor(program: string) {
    this.path = makeFolderFor(program);
    this.#ending = beforeEndingSignal(() => this.#remove());
  }

  /** Removes it, with all that is in it. */
  [Symbol.dispose](): void {
    this.#ending[Symbol.dispose]();
    this.#remove();
  }

  #remove(): void {
    Deno.removeSync(this.path, { recursive: true });
  }
}

function makeFolderFor(program: string): string {
  try {
    return Deno.makeTempDirSync({ prefix: "osmem-" });
  } catch (error) {
    throw new ProgramError(program, remedyFor(error), error);
  }
}

function remedyFor(error: unknown): string {
  if (error instanceof Deno.errors.NotCapable) {
    return "it is to be compiled, but nothing may be written; run deno with " +
      `--allow-write, or compile it yourself with ${COMPILE_COMMAND}`;
  }
  const problem = error instanceof Error ? error.message : String(error);
  return `there is no folder to compile it in: ${problem}`;
}
