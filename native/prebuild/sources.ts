import { createHash } from "node:crypto";

/** The folder with the library's sources, in which the compiler runs. */
export const NATIVE: URL = new URL("../", import.meta.url);

/** The header that every source includes first, named as in that folder. */
const OLD_GLIBC = "prebuild/old_glibc.h";

/** The compiler's flags. The library is part of every program that imports osmem: keep it small. */
const FLAGS = [
  ..."-shared -s -Os -fPIC -Wall -Wextra -Werror".split(" "),
  ...["-include", OLD_GLIBC],
  // Additions that compilers make by default, each in its own way.
  "-fno-ident",
  "-fno-stack-protector",
  "-fcf-protection=none",
  "-Wl,--build-id=none",
  // Unwind tables are for exceptions, and for debuggers, which find no names here anyway.
  "-fno-unwind-tables",
  "-fno-asynchronous-unwind-tables",
  // With pages of up to 64 KiB, separately protected parts need padding three times as
  // large as all the rest.
  "-Wl,-z,noseparate-code",
  "-Wl,-z,norelro",
  "-Wl,--hash-style=gnu",
  // The library is never unloaded, and its functions call each other even if another
  // library defines the same names.
  "-Wl,-z,nodelete",
  "-Wl,-Bsymbolic",
];

/** The compiler's arguments, without the SONAME and the output. */
export async function readArguments(): Promise<string[]> {
  return [...FLAGS, ...await readList("SOURCES")];
}

/**
 * A hash, in hexadecimal, of the sources, the headers and the compiler's flags.
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

/** Reads a list of files from the Makefile, the only place that has it. */
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
 * The SONAME of the embedded library: the name that the dynamic loader knows it by,
 * whatever file it was loaded from.
 *
 * It contains the hash of the sources. So all isolates of a process find one library, and
 * another version of osmem in that process has another library.
 *
 * @param hash The hash of its sources.
 */
export function sonameOf(hash: string): string {
  return `libosmem-${hash.slice(0, 12)}.so`;
}
