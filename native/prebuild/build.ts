import { type Architecture, ARCHITECTURES, findCompiler } from "./compiler.ts";
import { hashSources, readHeader, sonameOf } from "./sources.ts";

/** The library for one machine. */
export interface BuiltLibrary {
  /** What compiled and linked it. */
  readonly compiler: string;
  /** The shared object. */
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** What is made of the sources. */
export interface Built {
  /** What those were hashed to. */
  readonly hash: string;
  /** The header for programs in C. */
  readonly header: string;
  /** The library for each machine. */
  readonly libraries: Readonly<Record<Architecture, BuiltLibrary>>;
}

/**
 * Compiles the library for each machine.
 *
 * @throws {Error} If a compiler is missing or fails. The message says what to install.
 */
export async function build(): Promise<Built> {
  const hash = await hashSources();
  const libraries = await Promise.all(ARCHITECTURES.map(async (name) => {
    const { version, compile } = await findCompiler(name);
    const bytes = await compile(sonameOf(hash));
    return [name, { compiler: version, bytes }] as const;
  }));
  return {
    hash,
    header: await readHeader(),
    libraries: Object.fromEntries(libraries) as Built["libraries"],
  };
}
