import { ColumnReader } from "./column_reader.ts";
import { ColumnWriter } from "./column_writer.ts";

/** Columns under way, in the order in which they were asked for. */
export class PackWriter {
  readonly #columns: ColumnWriter[] = [];

  /** A new column, after the others. */
  column(): ColumnWriter {
    const column = new ColumnWriter();
    this.#columns.push(column);
    return column;
  }

  /** All columns, each after its length. */
  finish(): Uint8Array<ArrayBuffer> {
    const all = new ColumnWriter();
    for (const column of this.#columns) {
      const bytes = column.finish();
      all.unsigned(bytes.length);
      all.bytes(bytes);
    }
    return all.finish();
  }
}

/** The columns of a {@linkcode PackWriter}, in the same order. */
export class PackReader {
  readonly #all: ColumnReader;

  /** @param bytes What was written. */
  constructor(bytes: Uint8Array<ArrayBuffer>) {
    this.#all = new ColumnReader(bytes);
  }

  /** The next column. */
  column(): ColumnReader {
    return new ColumnReader(this.#all.bytes(this.#all.unsigned()));
  }
}
