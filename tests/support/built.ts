import { isGranted } from "./permissions.ts";

/** The library that a build leaves beside the modules. */
export const BUILT_LIBRARY = decodeURIComponent(
  new URL("../../native/libosmem.so", import.meta.url).pathname,
);

/**
 * Why a test that needs that library must be left out, if it must. Where it cannot be seen
 * whether it was built, the test must say that it needs `--allow-read`.
 */
export function whyNotBuilt(): string | undefined {
  if (!isGranted({ name: "read" })) return undefined;
  try {
    Deno.statSync(BUILT_LIBRARY);
    return undefined;
  } catch {
    return "native/libosmem.so was not built";
  }
}
