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
 * The format of a trace, found by its first lines: the one that most of them look like.
 * What is no recording begins in the first line.
 *
 * @param lines The lines.
 */
export function detectFormat(
  lines: readonly string[],
): TraceFormat | undefined {
  let best: Likeness | undefined;
  for (const format of FORMATS) {
    const likeness = likenessOf(format, lines);
    if (isBetter(likeness, best)) best = likeness;
  }
  return best?.format;
}

/** How many lines look like a format. */
interface Likeness {
  readonly format: TraceFormat;
  readonly lines: number;
  /** The first of them. */
  readonly first: number;
}

function likenessOf(format: TraceFormat, lines: readonly string[]): Likeness {
  const first = lines.findIndex((line) => format.matches(line));
  const isLike = first === 0 || first > 0 && format.afterChatter;
  const count = isLike
    ? lines.filter((line) => format.matches(line)).length
    : 0;
  return { format, lines: count, first };
}

/** More lines are better, and of as many lines the earlier ones. */
function isBetter(likeness: Likeness, best: Likeness | undefined): boolean {
  if (best === undefined || likeness.lines !== best.lines) {
    return likeness.lines > (best?.lines ?? 0);
  }
  return likeness.first < best.first;
}

/** The formats as messages list them. */
export function describeFormats(): string {
  const names = FORMATS.map(({ description }) => description);
  return `${names.slice(0, -1).join(", ")} or ${names.at(-1)}`;
}
