import { drawMoment, type MapOptions } from "../pictures/moment_map.ts";
import {
  drawMomentSVG,
  type MomentSVGOptions,
} from "../pictures/moment/moment_svg.ts";
import {
  type NotebookPicture,
  summarizeMoment,
  type SummaryOptions,
} from "../pictures/summaries.ts";
import { HeapMoment } from "./heap_moment.ts";

/** The heap at one moment of a run, between two calls, and pictures of it. */
export class Moment extends HeapMoment {
  /**
   * Draws a map of the heap for a terminal, with a legend. Headers are seen if there
   * are few enough blocks; the block that the last call returned is pointed at.
   *
   * @param options How wide it may be, and whether it is coloured.
   * @throws {RangeError} If it would be too narrow.
   *
   * @example Show what is left
   * ```ts
   * import { experiment } from "@osmem/osmem/lab";
   * import { assertEquals } from "@std/assert";
   *
   * const run = experiment({ preallocate: 0 }, (heap) => {
   *   const first = heap.malloc(40);
   *   heap.malloc(24);
   *   heap.free(first);
   * });
   * const [heap] = run.at(3).map({ width: 40 }).split("\n");
   * assertEquals(heap, "       0 B ▌▌▌▌░░░░░▌▌▌▌███");
   * ```
   */
  map(options: MapOptions = {}): string {
    return drawMoment(this, options);
  }

  /**
   * Draws the heap as an SVG document: its blocks in address order and to scale, with
   * their headers if there are few enough of them, mappings apart. It suits light
   * pages and dark ones.
   *
   * @param options The width in pixels, and a heading.
   * @throws {RangeError} If it would be too narrow.
   *
   * @example Draw what is left
   * ```ts
   * import { experiment } from "@osmem/osmem/lab";
   * import { assertStringIncludes } from "@std/assert";
   *
   * const run = experiment({}, (heap) => void heap.malloc(200, "name"));
   * assertStringIncludes(run.at(1).toSVG({ width: 640 }), "name · 200 B");
   * ```
   */
  toSVG(options: MomentSVGOptions = {}): string {
    return drawMomentSVG(this, options);
  }

  /** What a notebook shows of a moment: its picture, or in text what the console shows. */
  [Symbol.for("Jupyter.display")](): NotebookPicture {
    return {
      "text/plain": summarizeMoment(this, {}),
      "image/svg+xml": this.toSVG(),
    };
  }

  /** What the console shows of a moment: the last call, the figures, and the map. */
  [Symbol.for("Deno.customInspect")](
    _inspect: unknown,
    options: SummaryOptions,
  ): string {
    return summarizeMoment(this, options);
  }
}
