import type { CBindings } from "../../heap/c/c_bindings.ts";
import type { HeapCalls } from "../../heap/c/c_calls.ts";

/** A C library at work, on one allocator or another. */
export interface Client {
  /** Its name in the tables, and what `--case` looks for. */
  readonly name: string;
  /** The library. */
  readonly library: SystemLibrary;
  /** The work, from opening the library to closing it; on glibc without a heap. */
  readonly run: (heap?: ClientHeap) => void;
}

/** The heap that a C library gets its memory from. */
export interface ClientHeap {
  /** The heap, for hooks of another shape than malloc(3) has. */
  readonly calls: HeapCalls;
  /** The heap's functions as C functions. */
  readonly bindings: CBindings;
}

/** A C library that may be installed. */
export interface SystemLibrary {
  /** Its usual name. */
  readonly name: string;
  /** The file that the loader looks for. */
  readonly file: string;
  /** The package of Debian that holds it. */
  readonly debianPackage: string;
}

/** Why a library cannot be loaded, and what to do; `undefined` if it can. */
export function whyMissing(
  { file, debianPackage }: Omit<SystemLibrary, "name">,
): string | undefined {
  if (Deno.permissions.querySync({ name: "ffi" }).state !== "granted") {
    return "needs --allow-ffi";
  }
  try {
    Deno.dlopen(file, {}).close();
    return undefined;
  } catch {
    return `there is no ${file}; Debian has it in the package ${debianPackage}`;
  }
}

/** Thrown when a C library could not do what a call asked for. */
export class ClientError extends Error {
  /** `"ClientError"`. */
  override readonly name = "ClientError";

  /**
   * Says which call failed, and the library's reason.
   *
   * @param call The function that was called.
   * @param status The library's number for the error.
   * @param reason The library's words for the error.
   */
  constructor(call: string, readonly status: number, reason: string) {
    super(`${call} failed with status ${status}: ${reason}`);
  }
}
