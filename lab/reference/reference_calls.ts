import type { CAnswers } from "@osmem/osmem/internal";
import type { Address } from "@osmem/osmem";
import { TraceError } from "../traces/trace_error.ts";
import { PLACE, type PlaceNames } from "../runs/place_names.ts";

/** A call of a reference trace, with its arguments as they are written. */
export interface ReferenceCall {
  readonly name: CallName;
  readonly args: readonly string[];
}

type CallName = "os_malloc" | "os_calloc" | "os_realloc" | "os_free";

/** The calls of a reference trace, and how the program ended. */
export interface ReferenceTrace {
  readonly calls: readonly ReferenceCall[];
  /** The line about the exit; none where the trace has no such line. */
  readonly exit: string | undefined;
}

const SIZE = String.raw`(\d+)`;
const ARGUMENTS: Readonly<Record<CallName, string>> = {
  os_malloc: SIZE,
  os_calloc: `${SIZE}', '${SIZE}`,
  os_realloc: `(${PLACE})', '${SIZE}`,
  os_free: `(${PLACE})`,
};

/**
 * Reads the calls of a reference trace; results and system calls are passed over,
 * since they are what a replay is to find out.
 *
 * @param text The trace.
 * @param file Its name, for messages.
 * @throws {TraceError} If a line is none of such a trace.
 */
export function parseReferenceCalls(
  text: string,
  file: string,
): ReferenceTrace {
  const calls: ReferenceCall[] = [];
  let exit: string | undefined;
  for (const [index, line] of text.trimEnd().split("\n").entries()) {
    if (line.startsWith("  ")) continue;
    if (line.startsWith("+++ ")) exit = line;
    else calls.push(parseCall(line, { file, line: index + 1 }));
  }
  return { calls, exit };
}

function parseCall(
  line: string,
  place: { readonly file: string; readonly line: number },
): ReferenceCall {
  for (const [name, args] of Object.entries(ARGUMENTS)) {
    const pattern = new RegExp(String.raw`^${name} \(\['${args}'\]\) += .`);
    const match = pattern.exec(line);
    if (match) return { name: name as CallName, args: match.slice(1) };
  }
  throw new TraceError(
    place,
    `expected a call as in os_malloc (['100']) = HeapStart + 0x20, found ${
      JSON.stringify(line.slice(0, 80))
    }`,
  );
}

/**
 * Makes a call of a reference trace.
 *
 * @param call The call.
 * @param answers Answers it.
 * @param names Where the places are that it names.
 * @returns Whether it could be made: a place that it names may not have come to be.
 */
export function makeReferenceCall(
  { name, args }: ReferenceCall,
  answers: CAnswers,
  names: PlaceNames,
): boolean {
  const [first = "0", second = "0"] = args;
  if (name === "os_malloc") answers.malloc(parseNumber(first));
  else if (name === "os_calloc") {
    answers.calloc(parseNumber(first), parseNumber(second));
  } else {
    const address = parsePlace(first, names);
    if (address === undefined) return false;
    if (name === "os_free") answers.free(address);
    else answers.realloc(address, parseNumber(second));
  }
  return true;
}

/** A size or an address as C passes it on: what is above `PTRDIFF_MAX` is negative. */
function parseNumber(text: string): number {
  return Number(BigInt.asIntN(64, BigInt(text)));
}

function parsePlace(text: string, names: PlaceNames): Address | undefined {
  return text.startsWith("0x") ? parseNumber(text) : names.addressOf(text);
}
