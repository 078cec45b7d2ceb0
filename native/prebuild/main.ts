/**
 * Compiles the native library for each machine and writes it into a module, so that
 * programs that import osmem need no compiler.
 *
 * With `--check` nothing is written: the modules are compared with what the compilers of
 * this machine make of the sources.
 *
 * @module
 */
import {
  build,
  BUILD_COMMAND,
  type Built,
  compare,
  HEADER_MODULE,
  headerModule,
  LIBRARIES_MODULE,
  librariesModule,
} from "./generated.ts";

const USAGE = `expected nothing or --check: ${BUILD_COMMAND} [--check]`;

/** Returns the exit code. */
async function main(args: readonly string[]): Promise<number> {
  const [option, ...others] = args;
  if (others.length > 0 || (option !== undefined && option !== "--check")) {
    console.error(USAGE);
    return 2;
  }
  const built = await build();
  if (option === undefined) return await write(built);
  const { text, isSame } = await compare(built);
  console.log(text);
  return isSame ? 0 : 1;
}

async function write(built: Built): Promise<number> {
  await Deno.writeTextFile(LIBRARIES_MODULE, librariesModule(built));
  await Deno.writeTextFile(HEADER_MODULE, headerModule(built.header));
  return 0;
}

try {
  Deno.exitCode = await main(Deno.args);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  Deno.exitCode = 1;
}
