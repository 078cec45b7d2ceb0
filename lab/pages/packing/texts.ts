import type { ColumnReader } from "./column_reader.ts";
import type { PackReader, PackWriter } from "./pack.ts";

/** Texts by a number that rises from one to the next, or stays. */
export type NumberedTexts = Iterable<readonly [number, string]>;

/** Writes a value as JSON, in a column of its own. */
export function writeJson(pack: PackWriter, value: unknown): void {
  const bytes = new TextEncoder().encode(JSON.stringify(value));
  const column = pack.column();
  column.unsigned(bytes.length);
  column.bytes(bytes);
}

/** Reads what {@linkcode writeJson} wrote. */
export function readJson(pack: PackReader): unknown {
  const column = pack.column();
  const bytes = column.bytes(column.unsigned());
  return JSON.parse(new TextDecoder().decode(bytes));
}

/** Writes texts with their numbers; one that is there many times is written once. */
export function writeTexts(pack: PackWriter, texts: NumberedTexts): void {
  const places = new Map<string, number>();
  const entries = [...texts];
  for (const [, text] of entries) {
    if (!places.has(text)) places.set(text, places.size);
  }
  writeJson(pack, [...places.keys()]);
  const column = pack.column();
  column.unsigned(entries.length);
  let last = 0;
  for (const [number, text] of entries) {
    column.unsigned(number - last);
    column.unsigned(places.get(text)!);
    last = number;
  }
}

/** Reads what {@linkcode writeTexts} wrote. */
export function readTexts(pack: PackReader): [number, string][] {
  const texts = readJson(pack) as string[];
  const column = pack.column();
  let last = 0;
  return readEntries(column, () => {
    last += column.unsigned();
    return [last, texts[column.unsigned()]!];
  });
}

/** Reads as many entries as the column's next number says. */
export function readEntries<Entry>(
  column: ColumnReader,
  readEntry: () => Entry,
): Entry[] {
  return Array.from({ length: column.unsigned() }, readEntry);
}
