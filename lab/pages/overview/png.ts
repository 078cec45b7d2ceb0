import { crc32, deflateSync } from "node:zlib";

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const BITS_PER_PIXEL = 8;
const PALETTE = 3; // the colour type of pixels that are places in a palette
const LENGTH_BYTES = 4;
const NAME_BYTES = 4;

/** A colour of a palette: red, green, blue and opacity from 0 to 255. */
export type PaletteColour = readonly [number, number, number, number];

/** A picture whose pixels are places in a palette, row by row from the top. */
export interface PalettePicture {
  readonly width: number;
  readonly height: number;
  readonly pixels: Uint8Array;
  readonly palette: readonly PaletteColour[];
}

/** Writes a picture as PNG. */
export function writePng(picture: PalettePicture): Uint8Array<ArrayBuffer> {
  const { palette } = picture;
  return joinBytes([
    Uint8Array.from(SIGNATURE),
    chunk("IHDR", headerOf(picture)),
    chunk("PLTE", palette.flatMap(([red, green, blue]) => [red, green, blue])),
    chunk("tRNS", palette.map(([, , , opacity]) => opacity)),
    chunk("IDAT", deflateSync(rowsOf(picture), { level: 9 })),
    chunk("IEND", []),
  ]);
}

function headerOf({ width, height }: PalettePicture): Uint8Array {
  const header = new DataView(new ArrayBuffer(13));
  header.setUint32(0, width);
  header.setUint32(4, height);
  header.setUint8(8, BITS_PER_PIXEL);
  header.setUint8(9, PALETTE);
  return new Uint8Array(header.buffer);
}

/** Each row follows the number of its filter: 0, none. */
function rowsOf({ width, height, pixels }: PalettePicture): Uint8Array {
  const rows = new Uint8Array((1 + width) * height);
  for (let row = 0; row < height; row++) {
    const line = pixels.subarray(row * width, (row + 1) * width);
    rows.set(line, row * (1 + width) + 1);
  }
  return rows;
}

/**
 * A part of the file:
 *
 * ```text
 *   │ length │ name │ contents … │ check sum of name and contents │
 * ```
 */
function chunk(name: string, contents: ArrayLike<number>): Uint8Array {
  const named = new Uint8Array(NAME_BYTES + contents.length);
  named.set(new TextEncoder().encode(name));
  named.set(contents, NAME_BYTES);
  return joinBytes([
    bigEndian(contents.length),
    named,
    bigEndian(crc32(named)),
  ]);
}

function bigEndian(value: number): Uint8Array {
  const bytes = new DataView(new ArrayBuffer(LENGTH_BYTES));
  bytes.setUint32(0, value);
  return new Uint8Array(bytes.buffer);
}

function joinBytes(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const all = new Uint8Array(length);
  let end = 0;
  for (const part of parts) {
    all.set(part, end);
    end += part.length;
  }
  return all;
}
