import {
  type SystemLibrary,
  whyMissing,
} from "../../../../../bench/clients/client.ts";
import { gatedTest } from "../../../../support/permissions.ts";

/** Registers tests of a library; where it is not installed their names say so. */
export function clientTests(
  library: SystemLibrary,
): (name: string, fn: () => void) => void {
  const leftOut = whyMissing(library);
  return (name, fn) =>
    gatedTest({ name: `${library.name} ${name}`, needs: [], leftOut, fn });
}
