/**
 * Functions of the C library itself, which load the embedded library, and strings as C
 * has them.
 *
 * @module
 */

/**
 * The library that is opened to find the functions. The C library's own are found there
 * too, since `libdl.so.2` depends on it. Up to glibc 2.33 `dlopen` is nowhere else.
 */
const LOADER_LIBRARY = "libdl.so.2";

const SYMBOLS = {
  dlopen: {
    parameters: [
      "buffer", // const char *filename
      "i32", // int flags
    ],
    result: "pointer", // a handle, or NULL
  },
  memfd_create: {
    parameters: [
      "buffer", // const char *name
      "u32", // unsigned int flags
    ],
    result: "i32", // a descriptor, or -1
  },
  write: {
    parameters: [
      "i32", // int fd
      "buffer", // const void *buf
      "usize", // size_t count
    ],
    result: "isize", // bytes that were written, or -1
  },
  __errno_location: { parameters: [], result: "pointer" }, // int *
} as const satisfies Deno.ForeignLibraryInterface;

/** Opened only when needed: each function takes a third of a millisecond at the start. */
const SYMBOLS_FOR_FAILURES = {
  close: {
    parameters: ["i32"], // int fd
    result: "i32", // 0, or -1
  },
  access: {
    parameters: [
      "buffer", // const char *path
      "i32", // int mode
    ],
    result: "i32", // 0, or -1
  },
  strerror: {
    parameters: ["i32"], // int errnum
    result: "pointer", // char *
  },
} as const satisfies Deno.ForeignLibraryInterface;

/** The functions that load the embedded library. */
export type CFunctions = Deno.DynamicLibrary<typeof SYMBOLS>["symbols"];

/** The functions that clean up after a failure, and explain it. */
type CFunctionsForFailures = Deno.DynamicLibrary<
  typeof SYMBOLS_FOR_FAILURES
>["symbols"];

/**
 * Opens the C library, which this process has loaded already.
 *
 * @throws {Deno.errors.NotCapable} Without `--allow-ffi`.
 */
export function openCLibrary(): CFunctions {
  return Deno.dlopen(LOADER_LIBRARY, SYMBOLS).symbols;
}

/** Opens the functions for failures. */
export function openCLibraryForFailures(): CFunctionsForFailures {
  return Deno.dlopen(LOADER_LIBRARY, SYMBOLS_FOR_FAILURES).symbols;
}

/** A string for C: UTF-8 with a zero at its end. */
export function toCString(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(`${text}\0`);
}

/** The text of a C string; empty for NULL. */
export function fromCString(pointer: Deno.PointerValue): string {
  return pointer === null ? "" : Deno.UnsafePointerView.getCString(pointer);
}
