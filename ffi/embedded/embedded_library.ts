import { LIBRARIES, SOURCES_HASH } from "./libraries.generated.ts";
import { sonameOf } from "./soname.ts";

/** The embedded library's SONAME, by which it is found once it is loaded. */
export const EMBEDDED_NAME: string = sonameOf(SOURCES_HASH);

/** The embedded library itself, for this machine: a shared object. */
export function embeddedLibrary(): Uint8Array<ArrayBuffer> {
  return Uint8Array.fromBase64(LIBRARIES[Deno.build.arch]);
}
