import { fromCString, toCString } from "../c_string.ts";
import { type CFunctions, openCLibraryForFailures } from "./c_library.ts";

const MFD_CLOEXEC = 0x1; // a program that is started does not have it
const MFD_EXEC = 0x10; // it may be executed; unknown to kernels before 6.3

/** A file that is in memory only, and lies in no folder. */
export class MemoryFile implements Disposable {
  /** A path that leads to it as long as it is open, for this process. */
  readonly path: string;
  readonly #c: CFunctions;
  readonly #descriptor: number;

  /**
   * Makes the file.
   *
   * @param c The C library.
   * @param name What it is called in lists of open files.
   * @param contents What is in it.
   * @throws {Error} If the system refuses it; then nothing is left of it.
   */
  constructor(c: CFunctions, name: string, contents: Uint8Array<ArrayBuffer>) {
    this.#c = c;
    this.#descriptor = this.#create(toCString(name));
    this.path = `/proc/self/fd/${this.#descriptor}`;
    try {
      this.#write(contents);
    } catch (error) {
      this[Symbol.dispose]();
      throw error;
    }
  }

  /** Closes it. What is loaded from it stays, but its path may lead elsewhere. */
  [Symbol.dispose](): void {
    openCLibraryForFailures().close(this.#descriptor);
  }

  #create(name: Uint8Array<ArrayBuffer>): number {
    for (const flags of [MFD_CLOEXEC | MFD_EXEC, MFD_CLOEXEC]) {
      const descriptor = this.#c.memfd_create(name, flags);
      if (descriptor >= 0) return descriptor;
    }
    throw this.#failureOf("memfd_create");
  }

  /** A single write(2) need not take all of it. */
  #write(contents: Uint8Array<ArrayBuffer>): void {
    for (let start = 0; start < contents.length;) {
      const rest = contents.subarray(start);
      const written = this.#c.write(
        this.#descriptor,
        rest,
        BigInt(rest.length),
      );
      if (written < 0n) throw this.#failureOf("write");
      if (written === 0n) throw new Error("write took none of the bytes");
      start += Number(written);
    }
  }

  /** The error of the call that has just failed, before anything changes errno. */
  #failureOf(call: string): Error {
    const location = this.#c.__errno_location() as Deno.PointerObject;
    const errno = new Deno.UnsafePointerView(location).getInt32();
    const meaning = fromCString(openCLibraryForFailures().strerror(errno));
    return new Error(`${call} failed with errno ${errno}: ${meaning}`);
  }
}
