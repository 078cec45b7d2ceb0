import type { Layout } from "./layout.ts";
import { type Refusal, within, wrongRange, wrongType } from "./refusals.ts";

/**
 * An array of fixed length: its elements one behind the other. What is between two
 * of them is part of the first, whose size is a multiple of its alignment.
 */
export class ArrayLayout implements Layout {
  readonly size: number;
  readonly align: number;
  readonly isScalar = false;

  constructor(readonly element: Layout, readonly length: number) {
    this.size = element.size * length;
    this.align = element.align;
  }

  /** FFI has no arrays: an array is passed as so many members. */
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
