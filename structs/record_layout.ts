import type { Layout } from "./layout.ts";
import { joinPath, type Refusal, within, wrongType } from "./refusals.ts";

/** A field of a structure. */
export interface Member {
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

  /** @param fields Each field's name and layout, in the order they have in C. */
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

/** A field, or one in a structure inside, seen from the outermost structure. */
export interface Place {
  /** Its name; `point.x` in a structure inside. */
  readonly path: string;
  /** Bytes from the outermost structure's start. */
  readonly offset: number;
  readonly layout: Layout;
}

/** Every field of a structure, and of those inside it. */
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
