import { C_LIBRARY } from "./program_files.ts";

const SYMBOLS = {
  fcntl: { parameters: ["i32", "i32", "i32"], result: "i32" },
  write: { parameters: ["i32", "buffer", "usize"], result: "isize" },
  strerror: { parameters: ["i32"], result: "pointer" },
  __errno_location: { parameters: [], result: "pointer" },
} as const satisfies Deno.ForeignLibraryInterface;

const STDOUT_FILENO = 1;
const F_DUPFD_CLOEXEC = 1030;
const EINTR = 4;

/**
 * What standard output leads to, under a file descriptor of its own: a program may
 * close standard output, or open it anew, and this stays what it was.
 */
export class StandardOutput {
  readonly #c = Deno.dlopen(C_LIBRARY, SYMBOLS).symbols;
  readonly #descriptor: number;

  /** @throws {Error} If there can be no other file descriptor. */
  constructor() {
    const { fcntl } = this.#c;
    this.#descriptor = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, STDOUT_FILENO);
    if (this.#descriptor < 0) throw new Error(this.#meaningOf(this.#errno()));
  }

  /**
   * Writes some bytes.
   *
   * @returns How many were written.
   * @throws {Error} If none can be; its message is what the system says.
   */
  writeSync(bytes: Uint8Array<ArrayBuffer>): number {
    const { write } = this.#c;
    const written = write(this.#descriptor, bytes, BigInt(bytes.length));
    if (written >= 0) return Number(written);
    const errno = this.#errno();
    if (errno === EINTR) return 0;
    throw new Error(this.#meaningOf(errno));
  }

  #errno(): number {
    const location = this.#c.__errno_location() as Deno.PointerObject;
    return new Deno.UnsafePointerView(location).getInt32();
  }

  #meaningOf(errno: number): string {
    const meaning = this.#c.strerror(errno) as Deno.PointerObject;
    return Deno.UnsafePointerView.getCString(meaning);
  }
}
