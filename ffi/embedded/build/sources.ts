import { createHash } from "node:crypto";

/** The folder with the library's sources, which the compiler runs in. */
export const NATIVE: URL = new URL("../../../native/", import.meta.url);

/** What is compiled, by names in that folder. */
const SOURCES = ["osmem.c", "place.c", "hook.c", "system.c", "exit.c"];

/** What those include, likewise. */
const HEADERS = [
  ...["osmem.h", "bindings.h", "place.h", "hook.h", "system.h", "exit.h"],
  "../ffi/embedded/build/old_glibc.h",
];

/** How it is compiled: small, since it is part of every program that imports osmem. */
const FLAGS = [
  ..."-shared -s -Os -fPIC -Wall -Wextra -Werror".split(" "),
  ..."-include ../ffi/embedded/build/old_glibc.h".split(" "),
  // What compilers add of their own accord, not all of them the same.
  "-fno-ident",
  "-fno-stack-protector",
  "-fcf-protection=none",
  "-Wl,--build-id=none",
  // Only for exceptions, and for the debuggers that this has no names for.
  "-fno-unwind-tables",
  "-fno-asynchronous-unwind-tables",
  // With pages of up to 64 KiB, the padding of parts that are protected each for itself
  // would be three times as large as all the rest.
  "-Wl,-z,noseparate-code",
  "-Wl,-z,norelro",
  "-Wl,--hash-style=gnu",
  // Never unloaded, and its functions call each other, whatever else is loaded.
  "-Wl,-z,nodelete",
  "-Wl,-Bsymbolic",
];

/** The compiler's arguments, but for the SONAME and the output. */
export const ARGUMENTS: readonly string[] = [...FLAGS, ...SOURCES];

/**
 * A number in hexadecimal that changes when a source does, a header, or how they are
 * compiled.
 */
export async function hashSources(): Promise<string> {
  const hash = createHash("sha256").update(ARGUMENTS.join("\n"));
  for (const name of [...SOURCES, ...HEADERS]) {
    const bytes = await Deno.readFile(new URL(name, NATIVE));
    hash.update(`\n${name}\n${bytes.length}\n`).update(bytes);
  }
  return hash.digest("hex");
}

/** The header for programs in C. */
export function readHeader(): Promise<string> {
  return Deno.readTextFile(new URL("osmem.h", NATIVE));
}
