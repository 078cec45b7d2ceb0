import { CELL_BYTES } from "@osmem/osmem/internal/plain";
import type { AddressScale } from "../../timeline/address_scale.ts";
import type { TimelineWindow } from "../../timeline/timeline_window.ts";
import type { TapeRows } from "./paint_tape.ts";
import type { TapeScale } from "./tape.ts";

const LEFT_AXIS = 62;
const RIGHT_MARGIN = 6;
const ROW_HEIGHT = 17;
const ROW_PITCH = 21;
const BETWEEN = 8;

/** A tape and where it lies. */
export interface TapePlace extends TapeScale, TapeRows {
  /** Pixels of the tape in a row. */
  readonly columns: number;
}

/** Where the parts of a heap map lie. */
export interface MapLayout {
  readonly heap: TapePlace;
  readonly mappings: TapePlace | undefined;
}

/** The size of a map, in CSS pixels. */
export interface MapSize {
  readonly width: number;
  readonly height: number;
  readonly ratio: number;
}

/**
 * Lays a map out: the heap in as many rows as there is room for, in the order of
 * writing, and below it a row for all mappings at a scale of their own.
 */
export function layOutMap(
  size: MapSize,
  heap: AddressScale,
  mappings: AddressScale,
  window: TimelineWindow,
): MapLayout {
  const hasMappings = mappings.length > 0;
  const room = size.height - (hasMappings ? ROW_PITCH + BETWEEN : 0);
  const rows = Math.max(Math.floor(room / ROW_PITCH), 1);
  const heapPlace = place(size, heap, 0, rows, window.low, window.high);
  if (!hasMappings) return { heap: heapPlace, mappings: undefined };
  const top = rows * ROW_PITCH + BETWEEN;
  return {
    heap: heapPlace,
    mappings: place(size, mappings, top, 1, 0, mappings.length),
  };
}

/** Where an offset lies; the row is beyond the last one if it is not shown. */
export function positionOf(
  tape: TapePlace,
  offset: number,
  ratio: number,
): { readonly row: number; readonly x: number } {
  const pixel = (offset - tape.low) / tape.bytesPerPixel;
  const row = Math.floor(pixel / tape.columns);
  return { row, x: tape.area.left + (pixel - row * tape.columns) / ratio };
}

/** The offset at a point; `undefined` beside the tape. */
export function offsetAt(
  tape: TapePlace,
  x: number,
  y: number,
  ratio: number,
): number | undefined {
  const row = Math.floor((y - tape.area.top) / tape.pitch);
  const column = Math.floor((x - tape.area.left) * ratio);
  const isBeside = row < 0 || row >= tape.rows || column < 0 ||
    column >= tape.columns;
  if (isBeside) return undefined;
  return tape.low + (row * tape.columns + column + 0.5) * tape.bytesPerPixel;
}

function place(
  { width, ratio }: MapSize,
  scale: AddressScale,
  top: number,
  rows: number,
  low: number,
  high: number,
): TapePlace {
  const inner = Math.max(width - LEFT_AXIS - RIGHT_MARGIN, 1);
  const columns = Math.max(Math.floor(inner * ratio), 1);
  const perRow = Math.max((high - low) / rows, CELL_BYTES);
  return {
    scale,
    low,
    bytesPerPixel: perRow / columns,
    pixels: columns * rows,
    columns,
    rows,
    pitch: ROW_PITCH,
    height: ROW_HEIGHT,
    area: { left: LEFT_AXIS, top, width: inner, height: rows * ROW_PITCH },
  };
}
