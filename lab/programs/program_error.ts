/** Thrown when a C program cannot be compiled, loaded or run. */
export class ProgramError extends Error {
  /** `"ProgramError"`. */
  override readonly name = "ProgramError";

  /**
   * @param file The program.
   * @param problem What is wrong with it, and what to do.
   * @param cause The error that led to it.
   */
  constructor(file: string, problem: string, cause?: unknown) {
    super(`${file}: ${problem}`, { cause });
  }
}
