import { ArrayLayout } from "./array_layout.ts";
import type { Layout } from "./layout.ts";
import { RecordLayout } from "./record_layout.ts";
import { cannotLayOut, inspect, joinPath } from "./refusals.ts";
import { SCALARS } from "./scalars.ts";

/** The layout of each structure that was made, so that it can be part of another. */
export const RECORDS: WeakMap<object, RecordLayout> = new WeakMap();

/** The names that a field may have. `$` is what compilers take besides C's own. */
const NAME = /^[A-Za-z_$][\w$]*$/;

/** Descriptions that contain the one at hand. */
type Outer = readonly unknown[];

/**
 * Lays out the fields of a structure.
 *
 * @param fields Each field's type by its name.
 * @param path Where they are described; empty for the outermost.
 * @param outer The descriptions that they stand in.
 * @throws {UsageError} If they are no fields that a structure in C can have.
 * @throws {ArgumentError} If the length of an array is no positive whole number, or
 * the structure has more bytes than a number can say exactly.
 */
export function resolveFields(
  fields: unknown,
  path = "",
  outer: Outer = [],
): RecordLayout {
  if (!isPlain(fields)) {
    throw cannotLayOut(
      path,
      ` of ${inspect(fields)}: expected a plain object of fields`,
    );
  }
  requireFinite(fields, path, outer);
  const names = Reflect.ownKeys(fields).map((name) => requireName(name, path));
  if (names.length === 0) {
    throw cannotLayOut(path, " without fields: in C it has at least one");
  }
  const record = new RecordLayout(names.map((name) => [
    name,
    resolve(fields[name], joinPath(path, name), [...outer, fields]),
  ]));
  return requireExact(record, path);
}

function resolve(type: unknown, path: string, outer: Outer): Layout {
  const known = SCALARS.get(type) ?? RECORDS.get(Object(type));
  if (known) return known;
  if (Array.isArray(type)) return resolveArray(type, path, outer);
  if (isPlain(type)) return resolveFields(type, path, outer);
  throw cannotLayOut(path, ` as ${inspect(type)}: ${expectedType(type)}`);
}

function resolveArray(
  type: readonly unknown[],
  path: string,
  outer: Outer,
): ArrayLayout {
  requireFinite(type, path, outer);
  const [element, length] = type;
  if (type.length !== 2 || typeof length !== "number") {
    throw cannotLayOut(
      path,
      ` as ${inspect(type)}: expected an array as [type, length]`,
    );
  }
  if (!Number.isSafeInteger(length) || length < 1) {
    throw cannotLayOut(
      path,
      ` with ${length} elements: expected a positive whole number`,
      "range",
    );
  }
  const layout = resolve(element, path, [...outer, type]);
  return requireExact(new ArrayLayout(layout, length), path);
}

function expectedType(type: unknown): string {
  return type === "buffer"
    ? `in a structure it is a "pointer", and you keep the bytes that it points to`
    : `expected one of ${[...SCALARS.keys()].join(", ")}, [type, length], a ` +
      "structure or an object of fields";
}

function isPlain(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** Refuses a description that stands in itself. */
function requireFinite(type: unknown, path: string, outer: Outer): void {
  if (!outer.includes(type)) return;
  throw cannotLayOut(
    path,
    `: it contains itself, so that it would have no end; use a "pointer"`,
  );
}

/** Refuses what is no name in C, and what JavaScript would not keep in order. */
function requireName(name: string | symbol, path: string): string {
  if (typeof name === "string" && NAME.test(name) && name !== "__proto__") {
    return name;
  }
  const why = typeof name === "string" && /^\d+$/.test(name)
    ? "JavaScript puts such names first, wherever they are written; "
    : "";
  throw cannotLayOut(
    path,
    ` with a field named ${inspect(name)}: ${why}expected a name as in C`,
  );
}

function requireExact<Result extends Layout>(
  layout: Result,
  path: string,
): Result {
  if (Number.isSafeInteger(layout.size)) return layout;
  throw cannotLayOut(
    path,
    ` of ${layout.size} bytes: expected at most ${Number.MAX_SAFE_INTEGER}`,
    "range",
  );
}
