import { breakRows } from "../timeline/break_rows.ts";
import { coverLives, emptyCoverage } from "../timeline/coverage.ts";
import type { TimelineScene } from "../timeline/timeline_scene.ts";
import type { TimelineWindow } from "../timeline/timeline_window.ts";
import { type PaletteColour, writePng } from "./png.ts";

const WIDTH = 600;
const HEIGHT = 150;

/** The picture lies on a light or a dark page: its colours let the page through. */
const NOTHING: PaletteColour = [0, 0, 0, 0];
const FREE: PaletteColour = [128, 140, 156, 44];
const ALLOCATED = [47, 111, 183] as const;

/** Shades of pixels that blocks cover in part. */
const SHADES = 12;

/**
 * A small picture of a run's timeline, as a `data:` URL: what a page shows until
 * it has unpacked the run.
 */
export function overviewUrl(
  scene: TimelineScene,
  window: TimelineWindow,
): string {
  const shades = Array.from(
    { length: SHADES },
    (_, shade): PaletteColour => [
      ...ALLOCATED,
      Math.round(255 * (shade + 1) / SHADES),
    ],
  );
  const png = writePng({
    width: WIDTH,
    height: HEIGHT,
    pixels: pixelsOf(scene, window),
    palette: [NOTHING, FREE, ...shades],
  });
  return `data:image/png;base64,${png.toBase64()}`;
}

function pixelsOf(scene: TimelineScene, window: TimelineWindow): Uint8Array {
  const coverage = emptyCoverage(WIDTH, HEIGHT);
  coverLives(coverage, scene.lives.heap, window);
  const rows = breakRows(scene.footprint.breakSteps, window, WIDTH, HEIGHT);
  return Uint8Array.from(coverage.shares, (share, pixel) => {
    if (share > 0) {
      return 2 + Math.min(Math.floor(share * SHADES), SHADES - 1);
    }
    const isFootprint = Math.floor(pixel / WIDTH) >= rows[pixel % WIDTH]!;
    return isFootprint ? 1 : 0;
  });
}
