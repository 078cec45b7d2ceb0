/**
 * What is wrong with a value or a description, and the errors that say so.
 *
 * @module
 */
import { ArgumentError } from "../errors/argument_error.ts";
import { showPointer } from "../errors/messages.ts";
import { UsageError } from "../errors/usage_error.ts";

/** Why a value cannot be written. {@linkcode cannotSet} makes an error of it. */
export interface Refusal {
  /** The path of the value: `point.x`, `tags[3]`; empty for the whole structure. */
  readonly path: string;
  /** The value. */
  readonly value: unknown;
  /** What was expected, as in `"a boolean"`. */
  readonly expected: string;
  /** Whether the value has the wrong type, or does not fit. */
  readonly fault: Fault;
}

/** What is wrong with a value, or with a description: its type, or its size. */
type Fault = "type" | "range";

/** Refuses a value of the wrong type. */
export function wrongType(value: unknown, expected: string): Refusal {
  return { path: "", value, expected, fault: "type" };
}

/** Refuses a value of the right type that does not fit. */
export function wrongRange(value: unknown, expected: string): Refusal {
  return { path: "", value, expected, fault: "range" };
}

/** Adds a step to the path: the value is part of a structure or an array. */
export function within(step: string, refusal: Refusal): Refusal {
  return { ...refusal, path: joinPath(step, refusal.path) };
}

/** Joins `point` and `x` to `point.x`, `tags` and `[3]` to `tags[3]`. */
export function joinPath(first: string, rest: string): string {
  const isJoint = first === "" || rest === "" || rest.startsWith("[");
  return isJoint ? `${first}${rest}` : `${first}.${rest}`;
}

/** The error for a value that was refused. */
export function cannotSet(
  { path, value, expected, fault }: Refusal,
): UsageError | ArgumentError {
  const given = inspect(value);
  const action = path === "" ? `write ${given}` : `set ${path} to ${given}`;
  return errorFor(fault, `Cannot ${action}: expected ${expected}`);
}

/** The error for a path that leads to no field. */
export function noSuchField(
  call: string,
  path: unknown,
  paths: Iterable<string>,
): UsageError {
  return new UsageError(
    "no-such-field",
    `Cannot ${call} ${inspect(path)}: expected one of ${[...paths].join(", ")}`,
  );
}

/** The error for memory that ends before the structure does. */
export function noRoom(
  call: string,
  size: number,
  offset: number,
  available: number,
): ArgumentError {
  return new ArgumentError(
    `Cannot ${call} a structure of ${size} bytes at offset ${offset}: ` +
      `the memory has ${available} bytes`,
  );
}

/** The error for a target that is not memory. */
export function notMemory(call: string, target: unknown): UsageError {
  return new UsageError(
    "wrong-type",
    `Cannot ${call} a structure in ${
      inspect(target)
    }: expected a DataView, a Uint8Array, or an object with a view${
      remedyFor(target)
    }`,
  );
}

/** How to get at the memory of a pointer or an address; nothing for other values. */
function remedyFor(target: unknown): string {
  if (target === null) {
    return "; NULL points to no memory: check for null before";
  }
  if (typeof target === "number") {
    return "; heap.bytes(address) shows a block of malloc";
  }
  return showPointer(target) === undefined
    ? ""
    : "; new DataView(Deno.UnsafePointerView.getArrayBuffer(pointer, layout.size)) shows " +
      "the memory of a pointer";
}

/** The error for memory that is gone. */
export function memoryGone(call: string, cause: unknown): UsageError {
  return new UsageError(
    "memory-gone",
    `Cannot ${call} a structure: its memory was freed or moved, which detached ` +
      "this view of it",
    cause,
  );
}

/** The error for a structure that is too large for Deno's FFI to pass by value. */
export function tooLargeByValue(size: number, most: number): ArgumentError {
  return new ArgumentError(
    `Cannot pass a structure of ${size} bytes by value: expected at most ${most}; ` +
      "pass a pointer to it",
  );
}

/** The error for a description that is not one of a structure in C. */
export function cannotLayOut(
  path: string,
  why: string,
  fault: Fault = "type",
): UsageError | ArgumentError {
  return errorFor(fault, `Cannot lay out ${path || "a structure"}${why}`);
}

function errorFor(fault: Fault, message: string): UsageError | ArgumentError {
  return fault === "type"
    ? new UsageError("wrong-type", message)
    : new ArgumentError(message);
}

/** A value in one short line. */
export function inspect(value: unknown): string {
  return showPointer(value) ?? Deno.inspect(value, {
    breakLength: Infinity,
    compact: true,
    depth: 1,
    iterableLimit: 4,
    strAbbreviateSize: 40,
  });
}
