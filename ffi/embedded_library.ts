import {
  type CFunctions,
  fromCString,
  openCLibraryForFailures,
  toCString,
} from "./c_library.ts";
import { LIBRARIES, SONAME } from "./libraries.generated.ts";

/**
 * Loads the embedded library, unless this process has it already, and returns the name
 * that opens it.
 *
 * Isolates that do this at the same moment may each load a copy. By that name all of them
 * find the copy that was loaded first.
 *
 * @param c The C library.
 * @throws {Error} If the system refuses it. Then no file is left open.
 */
export function loadEmbedded(c: CFunctions): string {
  if (!isLoaded(c, SONAME)) loadFromMemory(c);
  return SONAME;
}

const RTLD_LAZY = 1;
const RTLD_NOLOAD = 4;

/**
 * Whether any isolate of this process has loaded a library of this name. The system's
 * folders may be searched for it, but nothing is loaded.
 */
export function isLoaded(c: CFunctions, name: string): boolean {
  return c.dlopen(toCString(name), RTLD_LAZY | RTLD_NOLOAD) !== null;
}

/**
 * Loads a copy, from a file that stays open for as long as the process lives: the dynamic
 * loader also knows a library by the path that it was loaded from. If another file got
 * that descriptor, a program that loads it would be given this library.
 *
 * @param c The C library.
 * @throws {Error} If the system refuses it. Then no file is left open.
 */
export function loadFromMemory(c: CFunctions): void {
  using cleanup = new DisposableStack();
  const file = new MemoryFile(c, SONAME, embeddedLibrary());
  cleanup.use(file);
  file.load({});
  cleanup.move();
}

/** The embedded library for this machine: a shared object. */
export function embeddedLibrary(): Uint8Array<ArrayBuffer> {
  return Uint8Array.fromBase64(LIBRARIES[Deno.build.arch]);
}

const F_OK = 0; // access(2): whether the file is there

const MFD_CLOEXEC = 0x1; // a program that is started does not inherit it
const MFD_EXEC = 0x10; // it may be executed; unknown to kernels before 6.3

/** A file in memory, which lies in no folder. */
export class MemoryFile implements Disposable {
  /** A path to the file for this process, valid while it is open. */
  readonly path: string;
  readonly #c: CFunctions;
  readonly #descriptor: number;

  /**
   * Makes the file.
   *
   * @param c The C library.
   * @param name Its name in lists of open files.
   * @param contents Its bytes.
   * @throws {Error} If the system refuses it. Then no file is left open.
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

  /**
   * Loads it: it is a shared object.
   *
   * @param symbols The functions to look up.
   * @throws {Error} If it cannot be loaded.
   */
  load<Symbols extends Deno.ForeignLibraryInterface>(
    symbols: Symbols,
  ): Deno.DynamicLibrary<Symbols> {
    try {
      return Deno.dlopen(this.path, symbols);
    } catch (cause) {
      const { access } = openCLibraryForFailures();
      if (access(toCString(this.path), F_OK) === 0) throw cause;
      throw new Error(
        `/proc is not mounted, and files in memory are opened through ${this.path}; mount it`,
        { cause },
      );
    }
  }

  /** Closes it. What was loaded from it stays, but its path may lead elsewhere. */
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

  /** A single write(2) may write less than all of it. */
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

  /** The error of the call that has just failed; another call may change errno. */
  #failureOf(call: string): Error {
    const location = this.#c.__errno_location() as Deno.PointerObject;
    const errno = new Deno.UnsafePointerView(location).getInt32();
    const meaning = fromCString(openCLibraryForFailures().strerror(errno));
    return new Error(`${call} failed with errno ${errno}: ${meaning}`);
  }
}
