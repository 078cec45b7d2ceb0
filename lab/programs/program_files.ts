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

/**
 * A file name as a path, which no compiler takes for an option, nor the dynamic loader for
 * something to be looked for in the system's folders.
 */
export function asPath(file: string): string {
  return file.includes("/") ? file : `./${file}`;
}

/** How users compile a program themselves. */
export const COMPILE_COMMAND = "cc -shared -fPIC … -losmem";

/** The C library, which this process has loaded already. */
export const C_LIBRARY = "libc.so.6";
