/** Columns of a chart: first the calls, then the values of each line. */
export type ChartColumns = readonly [calls: number[], ...lines: Values[]];

/** The values of a line; `null` where there is none. */
export type Values = (number | null)[];

/** A line of a chart by the place of its points. */
export interface ChartSource {
  /** How many points there are. */
  readonly length: number;
  /** The calls made before a point. They rise. */
  callsAt(index: number): number;
  /** The value of each line at a point. */
  readonly lines: readonly ((index: number) => number | null)[];
}

/**
 * The points from one place to another, as few as a chart can show: of very many
 * that fall on one pixel, the lowest and the highest value of each line.
 *
 * @param first The place of the first point.
 * @param end The place past the last one.
 * @param pixels How wide the chart is.
 */
export function decimate(
  source: ChartSource,
  first: number,
  end: number,
  pixels: number,
): ChartColumns {
  const step = Math.max(Math.floor((end - first) / pixels), 1);
  const columns: ChartColumns = [[], ...source.lines.map((): Values => [])];
  for (let start = first; start < end; start += step) {
    const next = Math.min(start + step, end);
    if (step === 1) addPoint(columns, source, start);
    else addExtremes(columns, source, start, next);
  }
  return columns;
}

function addPoint(
  [calls, ...lines]: ChartColumns,
  source: ChartSource,
  index: number,
): void {
  calls.push(source.callsAt(index));
  lines.forEach((line, at) => line.push(source.lines[at]!(index)));
}

function addExtremes(
  [calls, ...lines]: ChartColumns,
  source: ChartSource,
  first: number,
  end: number,
): void {
  calls.push(source.callsAt(first), source.callsAt(end - 1));
  lines.forEach((line, at) => {
    line.push(...extremes(source.lines[at]!, first, end));
  });
}

/** The lowest and the highest value, in the order in which they come. */
function extremes(
  valueAt: (index: number) => number | null,
  first: number,
  end: number,
): [number | null, number | null] {
  let low: number | null = null, high: number | null = null;
  let isRising = true;
  for (let index = first; index < end; index++) {
    const value = valueAt(index);
    if (value === null) continue;
    if (low === null || value < low) {
      low = value;
      isRising = false;
    }
    if (high === null || value > high) {
      high = value;
      isRising = true;
    }
  }
  return isRising ? [low, high] : [high, low];
}
