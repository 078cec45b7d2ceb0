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
  close: {
    parameters: ["i32"], // int fd
    result: "i32", // 0, or -1
  },
  __errno_location: { parameters: [], result: "pointer" },
  strerror: {
    parameters: ["i32"], // int errnum
    result: "pointer",
  },
} as const satisfies Deno.ForeignLibraryInterface;

/** Those functions of the C library that it takes to load the embedded one. */
export type CFunctions = Deno.DynamicLibrary<typeof SYMBOLS>["symbols"];

/**
 * Opens the C library, which this process has loaded already.
 *
 * @throws {Deno.errors.NotCapable} Without `--allow-ffi`.
 */
export function openCLibrary(): CFunctions {
  return Deno.dlopen(LOADER_LIBRARY, SYMBOLS).symbols;
}

/** A string as C knows it: UTF-8, and a zero at its end. */
export function toCString(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(`${text}\0`);
}
