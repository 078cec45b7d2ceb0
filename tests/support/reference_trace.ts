import type { SystemCallMade } from "../../model/model.ts";
import { HEAP_START, mappingNumber, mappingPlace, offsetIn } from "./places.ts";

/** A function of the course's allocator, as its traces name it. */
export type CallName = "os_malloc" | "os_calloc" | "os_realloc" | "os_free";

/** One call of a trace. Addresses are places. */
export interface TraceCall {
  readonly name: CallName;
  readonly args: readonly number[];
  /** The returned address, 0 for NULL; `undefined` for os_free. */
  readonly result: number | undefined;
  /** The system calls that the call made, in order. */
  readonly systemCalls: readonly SystemCallMade[];
}

const EXIT = "+++ exited (status 0) +++";
const EXIT_LINE = /^\+\+\+ exited \(status \d+\) \+\+\+$/;
const RESULT_COLUMN = 90;
const TAKES_AN_ADDRESS: readonly CallName[] = ["os_realloc", "os_free"];

/**
 * Reads a trace as the course's checker prints it. Asking for the break, the
 * `brk (['0'])` line, moves nothing and is left out; so is the status at the end.
 *
 * @throws {SyntaxError} If a line is not of that format.
 */
export function parseTrace(text: string): TraceCall[] {
  const calls: TraceCall[] = [];
  let heapBreak = HEAP_START;
  let made: SystemCallMade[] = [];
  for (const line of text.trimEnd().split("\n")) {
    if (EXIT_LINE.test(line)) continue;
    const { name, args, result } = splitLine(line);
    if (!line.startsWith(" ")) {
      made = [];
      calls.push(toCall(name, args, result, made));
    } else if (args[0] !== "0" || name !== "brk") {
      made.push(toSystemCall(name, args, result, heapBreak));
      if (name === "brk") heapBreak = parsePlace(result);
    }
  }
  return calls;
}

/** Writes a trace as the course's checker prints it, of a program that succeeded. */
export function formatTrace(calls: readonly TraceCall[]): string {
  const lines: string[] = [];
  let asked = false;
  for (const { name, args, result, systemCalls } of calls) {
    lines.push(formatLine(name, argumentsOf(name, args), formatResult(result)));
    for (const call of systemCalls) {
      if (call.name === "brk" && !asked) {
        lines.push(formatLine("  brk", ["0"], formatPlace(HEAP_START)));
        asked = true;
      }
      lines.push(formatSystemCall(call));
    }
  }
  return [...lines, EXIT, ""].join("\n");
}

function splitLine(line: string) {
  const match = /^ *(\w+) \(\[(.*)\]\) += (.+)$/.exec(line);
  if (!match) throw new SyntaxError(`Not a line of a trace: ${line}`);
  const [, name = "", list = "", result = ""] = match;
  return { name, args: list.slice(1, -1).split("', '"), result };
}

function toCall(
  name: string,
  args: string[],
  result: string,
  systemCalls: SystemCallMade[],
): TraceCall {
  if (!isCallName(name)) throw new SyntaxError(`Not a call: ${name}`);
  return {
    name,
    args: args.map(parsePlace),
    result: result === "<void>" ? undefined : parsePlace(result),
    systemCalls,
  };
}

function isCallName(name: string): name is CallName {
  return /^os_(malloc|calloc|realloc|free)$/.test(name);
}

function toSystemCall(
  name: string,
  args: string[],
  result: string,
  heapBreak: number,
): SystemCallMade {
  const [first = "", second = ""] = args;
  switch (name) {
    case "brk": {
      const address = parsePlace(result);
      return { name, address, length: address - heapBreak };
    }
    case "mmap":
      return { name, address: parsePlace(result), length: Number(second) };
    case "munmap":
      return { name, address: parsePlace(first), length: Number(second) };
    default:
      throw new SyntaxError(`Not a system call: ${name}`);
  }
}

function parsePlace(text: string): number {
  const match =
    /^(?:(HeapStart)|<mapped-addr(\d+)>)(?: \+ 0x([0-9a-f]+))?$|^(\d+)$/
      .exec(text);
  if (!match) throw new SyntaxError(`Not an address or a number: ${text}`);
  const [, heap, mapping, offset = "0", plain] = match;
  if (plain !== undefined) return Number(plain);
  return (heap ? HEAP_START : mappingPlace(Number(mapping))) +
    parseInt(offset, 16);
}

function argumentsOf(name: CallName, args: readonly number[]): string[] {
  return args.map((value, index) =>
    index === 0 && TAKES_AN_ADDRESS.includes(name)
      ? formatPlace(value)
      : String(value)
  );
}

function formatResult(result: number | undefined): string {
  return result === undefined ? "<void>" : formatPlace(result);
}

function formatSystemCall({ name, address, length }: SystemCallMade): string {
  const place = formatPlace(address).replace(/> \+ 0x0$/, ">");
  if (name === "brk") return formatLine("  brk", [place], place);
  if (name === "munmap") {
    return formatLine("  munmap", [place, String(length)], "0");
  }
  const protection = "PROT_READ | PROT_WRITE";
  const flags = "MAP_PRIVATE | MAP_ANON";
  const args = ["0", String(length), protection, flags, "-1", "0"];
  return formatLine("  mmap", args, place);
}

function formatPlace(place: number): string {
  if (place === 0) return "0";
  const mapping = mappingNumber(place);
  const base = mapping === 0 ? "HeapStart" : `<mapped-addr${mapping}>`;
  return `${base} + 0x${offsetIn(place).toString(16)}`;
}

function formatLine(name: string, args: string[], result: string): string {
  return `${name} (['${args.join("', '")}'])`.padEnd(RESULT_COLUMN) +
    `= ${result}`;
}
