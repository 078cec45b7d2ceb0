import type { Address } from "@osmem/osmem";
import { FIELD, HEADER_BYTES } from "@osmem/osmem/internal/plain";
import { statusName } from "../../runs/heap_snapshot.ts";
import { requireWidth } from "../moment_map.ts";
import { drawTable, type TableColumn, tableWidth } from "./draw_table.ts";
import {
  type AddressFormat,
  addressFormat,
  type AddressStyle,
  type HeapExtent,
} from "./format_address.ts";

/** A header as it lies in memory. */
export interface HeaderBytes {
  /** Its address. */
  readonly address: Address;
  /** Its 32 bytes. */
  readonly bytes: Uint8Array;
}

/** How the bytes of headers are drawn. */
export interface HeaderBytesOptions {
  /** Columns that a line may take: 80 by default, which is the least. */
  readonly width?: number;
  /** Absolute addresses, or relative to the start of the heap; `"absolute"` by default. */
  readonly addresses?: AddressStyle;
  /** Where the heap is; relative addresses need it. */
  readonly heap?: HeapExtent;
}

/** A field of a header. */
interface HeaderField {
  readonly name: keyof typeof FIELD;
  readonly offset: number;
  readonly bytes: Uint8Array;
  readonly value: string;
}

const WIDTH = 80;
const LITTLE_ENDIAN = true;

/**
 * Draws headers byte for byte as they lie in memory, each field with its name and
 * with its value; numbers are little endian. Where there is more room a header is
 * drawn from left to right.
 *
 * ```text
 *   header at 0x7f32a0000000
 *   ┌────────┬─────────────────────────┬─────────┬───────────────────────────┐
 *   │ offset │ bytes                   │ field   │ value                     │
 *   ├────────┼─────────────────────────┼─────────┼───────────────────────────┤
 *   │ +0     │ 28 00 00 00 00 00 00 00 │ size    │ 40                        │
 *   │ +8     │ 01 00 00 00             │ status  │ 1, allocated              │
 *   │ +12    │ 00 00 00 00             │ padding │                           │
 *   │ +16    │ 00 00 00 00 00 00 00 00 │ prev    │ NULL                      │
 *   │ +24    │ 48 00 00 a0 32 7f 00 00 │ next    │ 0x7f32a0000048            │
 *   └────────┴─────────────────────────┴─────────┴───────────────────────────┘
 * ```
 *
 * @param headers The headers.
 * @param options How wide it may be, and how addresses are written.
 * @throws {RangeError} If it would be too narrow, or a header has not 32 bytes.
 *
 * @example The header of a block, as it lies in memory
 * ```ts
 * import { Heap } from "@osmem/osmem";
 * import { drawHeaderBytes } from "@osmem/lab";
 * import { assertStringIncludes } from "@std/assert";
 *
 * using heap = new Heap();
 * const address = heap.malloc(40) - 32;
 * const { buffer, byteOffset } = heap.bytes(address + 32);
 * const bytes = new Uint8Array(buffer, byteOffset - 32, 32);
 * const drawn = drawHeaderBytes([{ address, bytes }]);
 * assertStringIncludes(drawn, "28 00 00 00 00 00 00 00 │ size");
 * ```
 */
export function drawHeaderBytes(
  headers: readonly HeaderBytes[],
  options: HeaderBytesOptions = {},
): string {
  const { width = WIDTH, addresses = "absolute", heap } = options;
  requireWidth(width, WIDTH);
  const format = addressFormat(addresses, heap);
  return headers.map((header) => drawHeader(header, format, width))
    .join("\n\n");
}

function drawHeader(
  { address, bytes }: HeaderBytes,
  format: AddressFormat,
  width: number,
): string {
  const fields = fieldsOf(bytes, format);
  const across = fields.map(acrossColumn);
  const isWide = tableWidth(across, [undefined]) <= width;
  const table = isWide
    ? drawTable(across, [undefined])
    : drawTable(DOWN_COLUMNS, fields);
  return `header at ${format(address)}\n${table}`;
}

/** One column for each field: name and offset above, bytes and value below. */
function acrossColumn(
  { name, offset, bytes, value }: HeaderField,
): TableColumn<undefined> {
  return {
    heading: [`${name} +${offset}`],
    cell: () => [hexadecimal(bytes), value],
  };
}

/** One row for each field. */
const DOWN_COLUMNS: readonly TableColumn<HeaderField>[] = [
  { heading: ["offset"], cell: ({ offset }) => [`+${offset}`] },
  { heading: ["bytes"], cell: ({ bytes }) => [hexadecimal(bytes)] },
  { heading: ["field"], cell: ({ name }) => [name] },
  { heading: ["value"], cell: ({ value }) => [value] },
];

function fieldsOf(bytes: Uint8Array, format: AddressFormat): HeaderField[] {
  requireHeader(bytes);
  const view = new DataView(bytes.buffer, bytes.byteOffset, HEADER_BYTES);
  const number = (offset: number) => view.getBigUint64(offset, LITTLE_ENDIAN);
  const status = view.getInt32(FIELD.status, LITTLE_ENDIAN);
  const field = (name: keyof typeof FIELD, length: number, value: string) => ({
    name,
    offset: FIELD[name],
    bytes: bytes.subarray(FIELD[name], FIELD[name] + length),
    value,
  });
  return [
    field("size", 8, String(number(FIELD.size))),
    field("status", 4, nameStatus(status)),
    field("padding", 4, ""),
    field("prev", 8, format(Number(number(FIELD.prev)))),
    field("next", 8, format(Number(number(FIELD.next)))),
  ];
}

/** The name of a status. A value without a name was written by other code. */
function nameStatus(status: number): string {
  return `${status}, ${statusName(status) ?? "no status"}`;
}

function hexadecimal(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0"))
    .join(" ");
}

function requireHeader({ length }: Uint8Array): void {
  if (length === HEADER_BYTES) return;
  throw new RangeError(
    `Cannot draw a header of ${length} bytes: expected ${HEADER_BYTES}`,
  );
}
