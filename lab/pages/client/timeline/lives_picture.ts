/// <reference lib="dom" />
import {
  type Coverage,
  coverLives,
  emptyCoverage,
} from "../../timeline/coverage.ts";
import type { Lives } from "../../timeline/lives.ts";
import type { TimelineWindow } from "../../timeline/timeline_window.ts";
import { ShadeTable } from "../canvas/shade_table.ts";
import type { Area, Surface } from "../canvas/surface.ts";

/**
 * Paints lives pixel by pixel: however many there are, a picture takes a step for
 * each life and one for each pixel. It keeps its memory from picture to picture.
 */
export class LivesPicture {
  readonly #canvas = document.createElement("canvas");
  #coverage: Coverage = emptyCoverage(0, 0);
  #image = new ImageData(1, 1);
  #tones: readonly string[] = [];
  #table: ShadeTable | undefined;

  /** Paints the lives that can be seen through a window into an area. */
  paint(
    { context, ratio }: Surface,
    area: Area,
    lives: Lives,
    window: TimelineWindow,
    tones: readonly string[],
  ): void {
    this.#resize(
      Math.max(Math.round(area.width * ratio), 1),
      Math.max(Math.round(area.height * ratio), 1),
    );
    coverLives(this.#coverage, lives, window);
    this.#shade(tones);
    const picture = this.#canvas.getContext("2d");
    picture?.putImageData(this.#image, 0, 0);
    context.drawImage(
      this.#canvas,
      area.left,
      area.top,
      area.width,
      area.height,
    );
  }

  #resize(width: number, height: number): void {
    const { shares, tones } = this.#coverage;
    if (this.#coverage.width === width && this.#coverage.height === height) {
      shares.fill(0);
      tones.fill(0);
      return;
    }
    this.#coverage = emptyCoverage(width, height);
    this.#image = new ImageData(width, height);
    this.#canvas.width = width;
    this.#canvas.height = height;
  }

  #shade(colours: readonly string[]): void {
    if (colours !== this.#tones || !this.#table) {
      this.#tones = colours;
      this.#table = new ShadeTable(colours);
    }
    const pixels = new Uint32Array(this.#image.data.buffer);
    const { shares, tones } = this.#coverage;
    for (let pixel = 0; pixel < pixels.length; pixel++) {
      const share = shares[pixel]!;
      pixels[pixel] = share === 0 ? 0 : this.#table.shade(share, tones[pixel]!);
    }
  }
}
