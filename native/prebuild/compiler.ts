import { NATIVE, readArguments } from "./sources.ts";

/** The machines that have a library, by their names in `Deno.build.arch`. */
export const ARCHITECTURES = ["x86_64", "aarch64"] as const;

/** A machine that has a library. */
export type Architecture = (typeof ARCHITECTURES)[number];

/** The compiler for a machine. */
interface Compiler {
  /** Its name and version, and those of the linker. */
  readonly version: string;
  /** Compiles the library and gives it this SONAME; returns the shared object. */
  readonly compile: (soname: string) => Promise<Uint8Array<ArrayBuffer>>;
}

/**
 * Finds Debian's compiler for a machine. For a machine other than this one it is a cross
 * compiler.
 *
 * @throws {Error} If it is not installed; the message names the package.
 */
export async function findCompiler(
  architecture: Architecture,
): Promise<Compiler> {
  const [gcc, ld] = ["gcc", "ld"].map((tool) =>
    `${architecture}-linux-gnu-${tool}`
  ) as [string, string];
  const versions = await Promise.all([gcc, ld].map(async (tool) => {
    const [line] = (await run(tool, ["--version"], architecture)).split("\n");
    return line!;
  }));
  return {
    version: versions.join(", "),
    compile: (soname) => compile(gcc, soname, architecture),
  };
}

async function compile(
  gcc: string,
  soname: string,
  architecture: Architecture,
): Promise<Uint8Array<ArrayBuffer>> {
  const output = await Deno.makeTempFile({ suffix: ".so" });
  try {
    const args = [`-Wl,-soname,${soname}`, "-o", output];
    await run(gcc, [...await readArguments(), ...args], architecture);
    return await Deno.readFile(output);
  } finally {
    await Deno.remove(output);
  }
}

/** Runs a tool in the folder of the sources; returns its output. */
async function run(
  tool: string,
  args: readonly string[],
  architecture: Architecture,
): Promise<string> {
  const { success, stdout, stderr } = await start(tool, args, architecture);
  const decoder = new TextDecoder();
  if (!success) throw new Error(`${tool} failed:\n${decoder.decode(stderr)}`);
  return decoder.decode(stdout);
}

async function start(
  tool: string,
  args: readonly string[],
  architecture: Architecture,
): Promise<Deno.CommandOutput> {
  try {
    return await new Deno.Command(tool, {
      args: [...args],
      cwd: NATIVE,
      env: { LC_ALL: "C" },
    }).output();
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw new Error(
      `${tool} is not installed; on Debian: apt-get install ${
        packagesFor(architecture)
      }`,
      { cause: error },
    );
  }
}

/** Debian's packages with the compiler and the C library for a machine. */
function packagesFor(architecture: Architecture): string {
  if (architecture === Deno.build.arch) return "gcc libc6-dev";
  const [compiler, library] = {
    x86_64: ["x86-64", "amd64"],
    aarch64: ["aarch64", "arm64"],
  }[architecture] as [string, string];
  return `gcc-${compiler}-linux-gnu libc6-dev-${library}-cross`;
}
