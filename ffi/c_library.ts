/**
 * Where the functions are looked for. The C library's own are found there too, since
 * `libdl.so.2` needs that; up to glibc 2.33 `dlopen` is nowhere else.
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

/** Opened apart: each function costs a third of a millisecond at the start. */
const SYMBOLS_FOR_FAILURES = {
  close: {
    parameters: ["i32"], // int fd
    result: "i32", // 0, or -1
  },
  strerror: {
    parameters: ["i32"], // int errnum
    result: "pointer", // char *
  },
} as const satisfies Deno.ForeignLibraryInterface;

/** Those functions of the C library that it takes to load the embedded one. */
export type CFunctions = Deno.DynamicLibrary<typeof SYMBOLS>["symbols"];

/** Those that it takes to clean up when that failed, and to say why. */
export type CFunctionsForFailures = Deno.DynamicLibrary<
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

/** Opens it for what is to be done when something failed. */
export function openCLibraryForFailures(): CFunctionsForFailures {
  return Deno.dlopen(LOADER_LIBRARY, SYMBOLS_FOR_FAILURES).symbols;
}

/** A string as C knows it: UTF-8, and a zero at its end. */
export function toCString(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(`${text}\0`);
}

/** What a C string says; nothing for NULL. */
export function fromCString(pointer: Deno.PointerValue): string {
  return pointer === null ? "" : Deno.UnsafePointerView.getCString(pointer);
}
