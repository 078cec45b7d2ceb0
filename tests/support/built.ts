import { isGranted } from "./permissions.ts";

/** The library that a build leaves beside the modules. */
export const BUILT_LIBRARY = pathOf("native/libosmem.so");

/** The library that the benchmark compares with. */
export const BENCH_LIBRARY = pathOf("bench/native/libbench.so");

/**
 * Why a test that needs a library that is built must be left out, if it must. Where it
 * cannot be seen whether it was built, the test must say that it needs `--allow-read`.
 */
export function whyNotBuilt(library = BUILT_LIBRARY): string | undefined {
  if (!isGranted({ name: "read" })) return undefined;
  try {
    Deno.statSync(library);
    return undefined;
  } catch {
    return `${library.split("/").at(-1)} was not built`;
  }
}

function pathOf(name: string): string {
  return decodeURIComponent(new URL(`../../${name}`, import.meta.url).pathname);
}
