import { heaptrack } from "./heaptrack.ts";
import { ltrace } from "./ltrace.ts";
import { mallocLab } from "./malloc_lab.ts";
import { mtrace } from "./mtrace.ts";
import { osmemJson } from "./osmem_json.ts";
import { ostep } from "./ostep.ts";
import { reference } from "./reference.ts";
import type { FormatName, TraceFormat } from "./trace_format.ts";
import { valgrind } from "./valgrind.ts";

/**
 * Every format that can be read, in the order in which they are tried: ltrace's
 * lines may begin with a number, as malloc-lab files do.
 */
export const FORMATS: readonly TraceFormat[] = [
  valgrind,
  mtrace,
  heaptrack,
  reference,
  ltrace,
  mallocLab,
  ostep,
  osmemJson,
];

/** The format of that name. */
export function formatNamed(name: FormatName): TraceFormat {
  return FORMATS.find((format) => format.name === name) as TraceFormat;
}

/**
 * The format of a trace, found by its first line.
 *
 * @param line The line.
 * @param afterChatter Whether something else stood before it.
 */
export function detectFormat(
  line: string,
  afterChatter: boolean,
): TraceFormat | undefined {
  return FORMATS.find((format) =>
    format.matches(line) && (format.afterChatter || !afterChatter)
  );
}

/** The formats as messages list them. */
export function describeFormats(): string {
  const names = FORMATS.map(({ description }) => description);
  return `${names.slice(0, -1).join(", ")} or ${names.at(-1)}`;
}
