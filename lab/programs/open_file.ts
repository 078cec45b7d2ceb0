import { C_LIBRARY } from "./c_library.ts";
import { toCString } from "../../ffi/c_library.ts";
import { ProgramError } from "./program_error.ts";

const SYMBOLS = {
  open: { parameters: ["buffer", "i32"], result: "i32" },
  close: { parameters: ["i32"], result: "i32" },
} as const satisfies Deno.ForeignLibraryInterface;

const O_RDONLY = 0;
const O_CLOEXEC = 0o2000000; // a program that it starts does not have it

/** A file that stays open, and so can be loaded although its name is removed. */
export class OpenFile implements Disposable {
  /** A path that leads to it, for this process. */
  readonly path: string;
  readonly #descriptor: number;
  readonly #c = Deno.dlopen(C_LIBRARY, SYMBOLS).symbols;

  /**
   * Opens it for reading.
   *
   * @param path Its name.
   * @param program The program that it is, for messages.
   * @throws {ProgramError} If it cannot be opened.
   */
  constructor(path: string, program: string) {
    this.#descriptor = this.#c.open(toCString(path), O_RDONLY | O_CLOEXEC);
    if (this.#descriptor < 0) {
      throw new ProgramError(program, "cc left nothing that can be opened");
    }
    this.path = `/proc/self/fd/${this.#descriptor}`;
  }

  /** Closes it. */
  [Symbol.dispose](): void {
    this.#c.close(this.#descriptor);
  }
}
