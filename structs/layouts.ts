/**
 * Lays out arrays and structures as a C compiler does on Linux, and turns a description
 * of fields into such a layout.
 *
 * @module
 */
import {
  cannotLayOut,
  inspect,
  joinPath,
  type Refusal,
  within,
  wrongRange,
  wrongType,
} from "./refusals.ts";
import { type Layout, SCALARS } from "./scalars.ts";

/**
 * An array of fixed length. Each element follows the one before without a gap: the size
 * of an element is a multiple of its alignment.
 */
export class ArrayLayout implements Layout {
  readonly size: number;
  readonly align: number;
  readonly isScalar = false;

  constructor(readonly element: Layout, readonly length: number) {
    this.size = element.size * length;
    this.align = element.align;
  }

  /** The FFI has no arrays: each element is passed as a member. */
  members(): readonly Deno.NativeType[] {
    const members = this.element.members();
    return Array.from({ length: this.length }, () => members).flat();
  }

  read(view: DataView, offset: number): unknown[] {
    const { element, length } = this;
    const values: unknown[] = [];
    for (let index = 0; index < length; index++) {
      values.push(element.read(view, offset + index * element.size));
    }
    return values;
  }

  write(view: DataView, offset: number, value: unknown): Refusal | undefined {
    const { element, length } = this;
    if (!isList(value)) return wrongType(value, `an array of ${length}`);
    if (value.length !== length) {
      return wrongRange(value, `${length} elements, not ${value.length}`);
    }
    for (let index = 0; index < length; index++) {
      const place = offset + index * element.size;
      const refusal = element.write(view, place, value[index]);
      if (refusal) return within(`[${index}]`, refusal);
    }
    return undefined;
  }
}

function isList(value: unknown): value is ArrayLike<unknown> {
  return Array.isArray(value) ||
    (ArrayBuffer.isView(value) && !(value instanceof DataView));
}

/** A field of a structure. */
interface Member {
  readonly name: string;
  /** Bytes from the structure's start. */
  readonly offset: number;
  readonly layout: Layout;
}

/**
 * A structure: each field at the next multiple of its alignment, and padding at
 * the end up to a multiple of the largest alignment among them.
 *
 * ```text
 *   { id: "u32", name: "pointer", isOpen: "bool" }
 *
 *   0    4         8               16       17        24
 *   │ id │ padding │ name          │ isOpen │ padding │
 * ```
 */
export class RecordLayout implements Layout {
  readonly size: number;
  readonly align: number;
  readonly isScalar = false;
  readonly fields: readonly Member[];
  readonly #names: ReadonlySet<string>;

  /** @param fields Each field's name and layout, in C's order. */
  constructor(fields: readonly (readonly [name: string, layout: Layout])[]) {
    let end = 0;
    this.fields = fields.map(([name, layout]) => {
      const offset = roundUp(end, layout.align);
      end = offset + layout.size;
      return { name, offset, layout };
    });
    this.align = Math.max(...fields.map(([, { align }]) => align));
    this.size = roundUp(end, this.align);
    this.#names = new Set(fields.map(([name]) => name));
  }

  members(): readonly Deno.NativeType[] {
    const members = this.fields.flatMap(({ layout }) => layout.members());
    return [Object.freeze({ struct: Object.freeze(members) })];
  }

  read(view: DataView, offset: number): Record<string, unknown> {
    const value: Record<string, unknown> = {};
    for (const field of this.fields) {
      value[field.name] = field.layout.read(view, offset + field.offset);
    }
    return value;
  }

  write(view: DataView, offset: number, value: unknown): Refusal | undefined {
    if (typeof value !== "object" || value === null) {
      return wrongType(value, `an object with ${this.#list()}`);
    }
    const values = value as Readonly<Record<string, unknown>>;
    for (const name of Object.keys(values)) {
      if (this.#names.has(name)) continue;
      return wrongType(value, `only ${this.#list()}, not ${name}`);
    }
    for (const field of this.fields) {
      const { name, layout } = field;
      const refusal = layout.write(view, offset + field.offset, values[name]);
      if (refusal) return within(name, refusal);
    }
    return undefined;
  }

  #list(): string {
    return [...this.#names].join(", ");
  }
}

/** A field, or a field of a nested structure, as seen from the outermost structure. */
export interface Place {
  /** Its name; `point.x` in a nested structure. */
  readonly path: string;
  /** Bytes from the outermost structure's start. */
  readonly offset: number;
  readonly layout: Layout;
}

/** Every field of a structure, and of the structures nested in it. */
export function placesIn(record: RecordLayout): Place[] {
  return record.fields.flatMap(({ name, offset, layout }) => {
    const inner = layout instanceof RecordLayout ? placesIn(layout) : [];
    return [
      { path: name, offset, layout },
      ...inner.map((place) => ({
        path: joinPath(name, place.path),
        offset: offset + place.offset,
        layout: place.layout,
      })),
    ];
  });
}

/** Rounds a number of bytes up to a multiple of an alignment. */
function roundUp(bytes: number, align: number): number {
  return Math.ceil(bytes / align) * align;
}

/** The layout of each `Struct`, so that it can be a field of another structure. */
export const RECORDS: WeakMap<object, RecordLayout> = new WeakMap();

/** The names that a field may have. Compilers allow `$` beside C's own characters. */
const NAME = /^[A-Za-z_$][\w$]*$/;

/** The descriptions that contain the one being resolved. */
type Outer = readonly unknown[];

/**
 * Lays out the fields of a structure.
 *
 * @param fields Each field's type by its name.
 * @param path The path of the structure; empty for the outermost.
 * @param outer The descriptions that contain this one.
 * @throws {UsageError} If a structure in C cannot have these fields.
 * @throws {ArgumentError} If the length of an array is not a positive whole number, or
 * the structure's size is not a safe integer.
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

/** Refuses a description that contains itself. */
function requireFinite(type: unknown, path: string, outer: Outer): void {
  if (!outer.includes(type)) return;
  throw cannotLayOut(
    path,
    `: it contains itself, so that it would have no end; use a "pointer"`,
  );
}

/** Refuses names that C does not allow, and names that JavaScript would reorder. */
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
