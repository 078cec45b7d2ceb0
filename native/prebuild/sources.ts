import { createHash } from "node:crypto";

/** The folder with the library's sources, which the compiler runs in. */
export const NATIVE: URL = new URL("../", import.meta.url);

/** What is included before all else; a name in that folder, as those of sources are. */
const OLD_GLIBC = "prebuild/old_glibc.h";

/** How it is compiled: small, since it is part of every program that imports osmem. */
const FLAGS = [
  ..."-shared -s -Os -fPIC -Wall -Wextra -Werror".split(" "),
  ...["-include", OLD_GLIBC],
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

/** Reads the compiler's arguments, but for the SONAME and the output. */
export async function readArguments(): Promise<string[]> {
  return [...FLAGS, ...await readList("SOURCES")];
}

/**
 * A number in hexadecimal that changes when a source does, a header, or how they are
 * compiled.
 */
export async function hashSources(): Promise<string> {
  const names = [...await readList("SOURCES"), ...await readList("HEADERS")];
  const hash = createHash("sha256").update(FLAGS.join("\n"));
  for (const name of [...names, OLD_GLIBC]) {
    const bytes = await Deno.readFile(new URL(name, NATIVE));
    hash.update(`\n${name}\n${bytes.length}\n`).update(bytes);
  }
  return hash.digest("hex");
}

/** Reads a list of files from the Makefile, so that there is no second one. */
async function readList(variable: string): Promise<string[]> {
  const makefile = await Deno.readTextFile(new URL("Makefile", NATIVE));
  const [, list] = makefile.match(new RegExp(`^${variable} = (.*)$`, "m")) ??
    [];
  if (list === undefined) {
    throw new Error(`native/Makefile has no line "${variable} = …"`);
  }
  return list.split(" ");
}

/** The header for programs in C. */
export function readHeader(): Promise<string> {
  return Deno.readTextFile(new URL("osmem.h", NATIVE));
}

/**
 * What the dynamic loader knows the embedded library by, wherever it lies: its SONAME.
 *
 * It says what the library was made of. So all isolates of a process find the same one,
 * and another version of osmem in that process has another.
 *
 * @param hash The hash of its sources.
 */
export function sonameOf(hash: string): string {
  return `libosmem-${hash.slice(0, 12)}.so`;
}
