import type { Built } from "./build.ts";
import { ARCHITECTURES } from "./compiler.ts";
import { BUILD_COMMAND } from "./generated.ts";

/** What came of comparing. */
export interface Comparison {
  /** What to tell, a line for each thing that was compared. */
  readonly text: string;
  /** Whether nothing differs. */
  readonly isSame: boolean;
}

/** Compares what was built with what the generated modules hold. */
export async function compare(built: Built): Promise<Comparison> {
  const sources = await compareSources(built);
  const libraries = await compareLibraries(built);
  const comparisons = [sources, ...libraries];
  return {
    text: comparisons.map(({ text }) => text).join("\n"),
    isSame: comparisons.every(({ isSame }) => isSame),
  };
}

async function compareSources({ hash, header }: Built): Promise<Comparison> {
  const { SOURCES_HASH } = await import("../../ffi/libraries.generated.ts");
  const { OSMEM_HEADER } = await import("../../ffi/osmem_header.generated.ts");
  return hash === SOURCES_HASH && header === OSMEM_HEADER
    ? { isSame: true, text: "sources: the same" }
    : { isSame: false, text: `sources: others now; run ${BUILD_COMMAND}` };
}

async function compareLibraries(built: Built): Promise<Comparison[]> {
  const { COMPILERS, LIBRARIES } = await import(
    "../../ffi/libraries.generated.ts"
  );
  return ARCHITECTURES.map((name) => {
    const { compiler, bytes } = built.libraries[name];
    const isSame = bytes.toBase64() === LIBRARIES[name];
    const text = isSame
      ? `${name}: the same ${bytes.length} bytes, by ${compiler}`
      : `${name}: other bytes\n  by ${compiler} here\n  by ${
        COMPILERS[name]
      } in the module`;
    return { isSame, text };
  });
}
