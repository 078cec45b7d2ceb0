/**
 * Makes one file of osmem, for programs that copy a file instead of importing a package:
 * `osmem.js`, with the native library inside, and `osmem.d.ts`, with the types and the
 * documentation. A program imports `osmem.js`, which names the other file.
 *
 * ```sh
 * deno task bundle          # into dist/
 * deno task bundle FOLDER
 * ```
 *
 * @module
 */
import { generateDtsBundle } from "dts-bundle-generator";
import ts from "typescript";
import config from "../deno.json" with { type: "json" };

const ROOT = new URL("../", import.meta.url);
const ENTRY = pathOf(new URL("mod.ts", ROOT));

/** The first lines of the script. Deno reads the first of all for the types. */
const HEADER = `// @ts-self-types="./osmem.d.ts"
// osmem ${config.version}: native memory for Deno. License: MIT.
// Made by \`deno task bundle\`: change the source instead.
`;

const [given, ...more] = Deno.args;
if (more.length > 0) {
  console.error("expected a folder or nothing: deno task bundle [FOLDER]");
  Deno.exit(2);
}
const folder = given ?? pathOf(new URL("dist", ROOT));
await Deno.mkdir(folder, { recursive: true });
await Deno.writeTextFile(`${folder}/osmem.js`, HEADER + await makeScript());
await Deno.writeTextFile(`${folder}/osmem.d.ts`, await makeDeclarations());
console.log(`Made ${folder}/osmem.js and ${folder}/osmem.d.ts`);

/** The code without comments: to read them takes a fifth of the time of an import. */
async function makeScript(): Promise<string> {
  const code = await runDeno(["bundle", "--quiet", "--platform=deno", ENTRY]);
  const compilerOptions = {
    removeComments: true,
    target: ts.ScriptTarget.ESNext,
    module: ts.ModuleKind.ESNext,
  };
  return ts.transpileModule(code, { compilerOptions }).outputText;
}

/**
 * The declarations that `deno bundle` makes still import modules of the source, so a
 * program for just this task makes them. It knows nothing of Deno's own types, which are
 * therefore given to it as a package of types in a folder of their own.
 */
async function makeDeclarations(): Promise<string> {
  const scratch = await Deno.makeTempDir();
  try {
    await Deno.mkdir(`${scratch}/types/deno`, { recursive: true });
    const types = await runDeno(["types"]);
    await Deno.writeTextFile(`${scratch}/types/deno/index.d.ts`, types);
    const options = {
      ...strictOptions(),
      target: "esnext",
      module: "esnext",
      moduleResolution: "bundler",
      allowImportingTsExtensions: true,
      noEmit: true,
      lib: ["esnext"],
      typeRoots: [`${scratch}/types`],
      types: ["deno"],
      skipLibCheck: true, // Deno's types lean on those of Node, which are not there
    };
    const path = `${scratch}/tsconfig.json`;
    await Deno.writeTextFile(
      path,
      JSON.stringify({ compilerOptions: options }),
    );
    const [declarations = ""] = generateDtsBundle([{
      filePath: ENTRY,
      output: { exportReferencedTypes: false, noBanner: true },
    }], { preferredConfigPath: path });
    return declarations;
  } finally {
    await Deno.remove(scratch, { recursive: true });
  }
}

/** The options of the compiler in `deno.json` that decide what the types mean. */
function strictOptions(): Partial<ts.CompilerOptions> {
  const { strict, exactOptionalPropertyTypes } = config.compilerOptions;
  return { strict, exactOptionalPropertyTypes };
}

function pathOf(url: URL): string {
  return decodeURIComponent(url.pathname);
}

async function runDeno(args: readonly string[]): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [...args],
  }).output();
  const decoder = new TextDecoder();
  if (success) return decoder.decode(stdout);
  throw new Error(`deno ${args.join(" ")} failed:\n${decoder.decode(stderr)}`);
}
