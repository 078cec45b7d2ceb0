import { assertThrows } from "@std/assert";
import { UsageError } from "../../mod.ts";

/** The error of a wrong use, its addresses and stack traces left out. */
export function usageErrorOf(
  use: () => unknown,
): [code: string, message: string] {
  const { code, message } = assertThrows(use, UsageError);
  const plain = message.replaceAll(/0x[0-9a-f]+/g, "0x…")
    .replaceAll(/ at\n.*\n/gs, " at …\n");
  return [code, plain];
}
