import type { RunData } from "./run_data.ts";
import { type ColumnValues, describeRun } from "./run_json.ts";

const ENTRIES_AT_ONCE = 8192;

/** An array of which a part can be had at a time. */
interface Sliceable {
  readonly length: number;
  slice(from: number, to: number): readonly unknown[];
}

/** A column of a run that becomes an array part by part. */
class SlicedColumn implements Sliceable {
  readonly length: number;
  readonly #values: ColumnValues;
  readonly #convert: (value: number) => number | null;

  constructor(
    values: ColumnValues,
    convert: (value: number) => number | null = (value) => value,
  ) {
    this.length = values.length;
    this.#values = values;
    this.#convert = convert;
  }

  slice(from: number, to: number): (number | null)[] {
    return Array.from(this.#values.subarray(from, to), this.#convert);
  }
}

/**
 * Writes a run as JSON, part by part: the document that `JSON.stringify(run)`
 * gives, which for a run of some million calls is longer than a text can be.
 *
 * @param data The run.
 * @returns The parts of the document, in order.
 */
export function writeRun(data: RunData): Iterable<string> {
  return writeValue(
    describeRun(data, (values, convert) => new SlicedColumn(values, convert)),
  );
}

function* writeValue(value: unknown): Iterable<string> {
  if (value instanceof SlicedColumn || Array.isArray(value)) {
    yield* writeArray(value);
  } else if (typeof value === "object" && value !== null) {
    yield* writeObject(value);
  } else yield JSON.stringify(value);
}

function* writeObject(value: object): Iterable<string> {
  let before = "{";
  for (const [name, part] of Object.entries(value)) {
    yield `${before}${JSON.stringify(name)}:`;
    yield* writeValue(part);
    before = ",";
  }
  yield "}";
}

function* writeArray(values: Sliceable): Iterable<string> {
  yield "[";
  for (let from = 0; from < values.length; from += ENTRIES_AT_ONCE) {
    const part = values.slice(from, from + ENTRIES_AT_ONCE);
    const entries = JSON.stringify(part).slice(1, -1);
    yield from === 0 ? entries : `,${entries}`;
  }
  yield "]";
}
