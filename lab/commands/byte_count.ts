import { InvalidArgumentError } from "commander";

const UNITS: Readonly<Record<string, number>> = {
  "": 1,
  K: 2 ** 10,
  M: 2 ** 20,
  G: 2 ** 30,
};

/**
 * Reads a number of bytes as command lines write it: `4096`, `128K`, `1.5M`, `2G`,
 * also with `B` behind it, or `iB` behind the letter.
 *
 * @throws {InvalidArgumentError} If it is no such number.
 */
export function parseByteCount(text: string): number {
  const [, digits = "", unit = ""] =
    /^(\d+(?:\.\d+)?)\s*(?:([KMG])(?:i?B)?|B)?$/i.exec(text) ?? [];
  const bytes = Number(digits) * (UNITS[unit.toUpperCase()] ?? NaN);
  if (digits !== "" && Number.isSafeInteger(bytes)) return bytes;
  throw new InvalidArgumentError(
    "Expected whole bytes, as in 4096, 128K, 1.5M or 2G.",
  );
}

/**
 * Reads a threshold: a number of bytes, or `never`.
 *
 * @throws {InvalidArgumentError} If it is neither.
 */
export function parseThreshold(text: string): number {
  return text === "never" ? Infinity : parseByteCount(text);
}
