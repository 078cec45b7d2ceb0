import type { MapOptions } from "../runs/picture_options.ts";
import type { HeapMoment } from "../runs/heap_moment.ts";
import { bytesPerCell, drawHeapMap, drawLegend } from "./heap_map.ts";
import { COLOURS, PLAIN } from "./palette.ts";

const WIDTH = 80;
const LEAST_WIDTH = 20;

/**
 * A map of the heap at one moment, and its legend.
 *
 * @throws {RangeError} If it would be too narrow.
 */
export function drawMoment(
  { snapshot, lastBlock }: HeapMoment,
  { width = WIDTH, colour = false }: MapOptions = {},
): string {
  requireWidth(width);
  const options = {
    width,
    bytesPerCell: bytesPerCell([snapshot], width),
    palette: colour ? COLOURS : PLAIN,
    marked: lastBlock,
  };
  const map = drawHeapMap(snapshot, options);
  return snapshot.length === 0
    ? map
    : `${map}\n\n${drawLegend([snapshot], options)}`;
}

/**
 * Makes sure that a text for a terminal has room.
 *
 * @throws {RangeError} If it has not.
 */
export function requireWidth(width: number, least = LEAST_WIDTH): void {
  if (Number.isInteger(width) && width >= least) return;
  throw new RangeError(
    `Cannot draw in ${width} columns: expected a whole number of at least ${least}`,
  );
}
