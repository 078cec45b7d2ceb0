import { mallocLab } from "./malloc_lab.ts";
import type { TraceFormat } from "./trace_format.ts";
import { valgrind } from "./valgrind.ts";

/** Every format that can be read, in the order in which they are tried. */
export const FORMATS: readonly TraceFormat[] = [valgrind, mallocLab];

/** The format of a trace that begins like this, found by its content. */
export function detectFormat(firstLine: string): TraceFormat | undefined {
  return FORMATS.find((format) => format.matches(firstLine));
}
