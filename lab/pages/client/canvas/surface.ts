/// <reference lib="dom" />

/** A canvas as large as its place in the page, drawn in CSS pixels. */
export interface Surface {
  readonly context: CanvasRenderingContext2D;
  /** In CSS pixels. */
  readonly width: number;
  readonly height: number;
  /** Pixels of the screen in a CSS pixel. */
  readonly ratio: number;
}

/** A rectangle of a surface, in CSS pixels. */
export interface Area {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/**
 * Makes a canvas ready to be drawn anew: cleared, and as large as its place.
 *
 * @throws {Error} If the browser gives no context.
 */
export function prepareSurface(canvas: HTMLCanvasElement): Surface {
  const ratio = globalThis.devicePixelRatio || 1;
  const { clientWidth: width, clientHeight: height } = canvas;
  const columns = Math.max(Math.round(width * ratio), 1);
  const rows = Math.max(Math.round(height * ratio), 1);
  if (canvas.width !== columns) canvas.width = columns;
  if (canvas.height !== rows) canvas.height = rows;
  const context = canvas.getContext("2d");
  if (!context) throw new Error("The browser has no 2D canvas");
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, width, height);
  context.font = "11px system-ui, sans-serif";
  context.textBaseline = "middle";
  return { context, width, height, ratio };
}

/** Whether a point lies in an area. */
export function isIn(area: Area, x: number, y: number): boolean {
  return x >= area.left && x < area.left + area.width && y >= area.top &&
    y < area.top + area.height;
}

/** Draws only inside of an area. */
export function clipped(
  { context }: Surface,
  area: Area,
  draw: () => void,
): void {
  context.save();
  context.beginPath();
  context.rect(area.left, area.top, area.width, area.height);
  context.clip();
  draw();
  context.restore();
}
