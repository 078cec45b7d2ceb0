import { CallKind, type CallName } from "../trace.ts";
import type { TraceBuilder } from "../trace_builder.ts";

/** A value of a JSON document. */
export interface JsonValue {
  /** The value, not yet looked at. */
  readonly value: unknown;
  /** Its line and column, counted from 0. */
  readonly place: readonly [line: number, column: number];
}

/** The call's numbers after its name. */
const FIELDS: Readonly<Record<CallName, readonly string[]>> = {
  malloc: ["block", "size"],
  calloc: ["block", "count", "size"],
  realloc: ["block", "size"],
  memalign: ["block", "size"],
  free: ["block"],
};

/** One entry of `"calls"` in osmem's own JSON. */
export class OsmemJsonCall {
  readonly #values: readonly JsonValue[];
  readonly #end: JsonValue["place"];
  readonly #fail: (place: JsonValue["place"], problem: string) => never;

  /**
   * @param values What stands in the entry.
   * @param end Where it ends.
   * @param fail Refuses it.
   */
  constructor(
    values: readonly JsonValue[],
    end: JsonValue["place"],
    fail: (place: JsonValue["place"], problem: string) => never,
  ) {
    this.#values = values;
    this.#end = end;
    this.#fail = fail;
  }

  /** Makes the call, read from that line. */
  addTo(builder: TraceBuilder, line: number): void {
    const name = this.#name();
    const block = this.#number(1, name === "free");
    if (name === "free") return this.#free(builder, block, line);
    const count = name === "calloc" ? this.#number(2) : 1;
    const size = this.#number(FIELDS[name].length);
    if (!Number.isSafeInteger(count * size)) {
      this.#refuse(FIELDS[name].length, "less than 2^53 bytes");
    }
    const isLive = builder.isLive(block);
    if (name === "realloc") {
      return builder.reallocate(isLive ? block : null, size, block, line);
    }
    if (isLive) this.#refuse(1, "a block that is not allocated");
    builder.allocate({ kind: CallKind[name], count, size }, block, line);
  }

  #name(): CallName {
    const name = this.#values[0]?.value;
    if (!isCallName(name)) {
      this.#refuse(0, `a call, one of ${Object.keys(FIELDS).join(", ")}`);
    }
    const { length } = FIELDS[name];
    if (this.#values.length > length + 1) {
      this.#refuse(
        length + 1,
        `the end of the call after its ${length} fields`,
      );
    }
    return name;
  }

  #free(builder: TraceBuilder, block: number, line: number): void {
    if (this.#values[1]?.value === null) return builder.free(null, line);
    if (!builder.isLive(block)) this.#refuse(1, "a block that is allocated");
    builder.free(block, line);
  }

  /** The integer at an index; `null` comes out as -1 where it is allowed. */
  #number(index: number, orNull = false): number {
    const value = this.#values[index]?.value;
    if (orNull && value === null) return -1;
    if (Number.isSafeInteger(value) && (value as number) >= 0) {
      return value as number;
    }
    const field = FIELDS[this.#values[0]?.value as CallName][index - 1];
    this.#refuse(index, `a ${field}, an integer from 0 to 2^53 - 1`);
  }

  #refuse(index: number, expected: string): never {
    const found = this.#values[index];
    this.#fail(
      found?.place ?? this.#end,
      `expected ${expected}, found ${
        found ? JSON.stringify(found.value) : "the end of the call"
      }`,
    );
  }
}

function isCallName(name: unknown): name is CallName {
  return typeof name === "string" && Object.hasOwn(FIELDS, name);
}
