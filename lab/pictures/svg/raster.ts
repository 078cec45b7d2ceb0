import type { Element } from "xast";
import { x } from "xastscript";
import { type Occupancy, type RasterArea, SHADES } from "./occupancy.ts";
import { pixels } from "./document.ts";

/**
 * Draws a raster: cells of one shade beside each other are one rectangle, and all
 * of one shade are one path.
 *
 * @param name The class of the paths.
 * @param raster What is covered.
 * @param area Where it lies.
 */
export function drawRaster(
  name: string,
  raster: Occupancy,
  area: RasterArea,
): Element[] {
  if (raster.isEmpty) return [];
  const place = `translate(${pixels(area.left)} ${pixels(area.top)})`;
  const paths = shadePaths(raster);
  return paths.flatMap((path, shade) =>
    path.length === 0 ? [] : [x("path", {
      class: name,
      "fill-opacity": (shade + 1) / SHADES,
      transform: `${place} scale(${raster.cell})`,
      "shape-rendering": "crispEdges",
      d: path.join(""),
    })]
  );
}

/** For each shade from the lightest to the darkest, its rectangles. */
function shadePaths(raster: Occupancy): string[][] {
  const shades = raster.shades();
  const paths = Array.from({ length: SHADES }, (): string[] => []);
  for (let row = 0; row < raster.rows; row++) {
    const start = row * raster.columns;
    for (let column = 0; column < raster.columns;) {
      const shade = shades[start + column]!;
      const first = column;
      while (column < raster.columns && shades[start + column] === shade) {
        column++;
      }
      if (shade === 0) continue;
      const length = column - first;
      paths[shade - 1]!.push(`M${first} ${row}h${length}v1h${-length}z`);
    }
  }
  return paths;
}
