import { TONES } from "../../timeline/coverage.ts";
import { channelsOf } from "./colours.ts";

const STEPS_PER_TONE = 4;
const TONE_STEPS = (TONES - 1) * STEPS_PER_TONE + 1;
const SHARE_STEPS = 64;
/** A pixel of which next to nothing is covered is still seen. */
const LEAST_OPACITY = 0.25;

/** The colours of pixels by what covers them, as 32-bit values of image data. */
export class ShadeTable {
  readonly #values = new Uint32Array(TONE_STEPS * (SHARE_STEPS + 1));

  /** @param tones The colours of whole pixels, one for each tone. */
  constructor(tones: readonly string[]) {
    const channels = tones.map(channelsOf);
    for (let tone = 0; tone < TONE_STEPS; tone++) {
      const colour = between(channels, tone / STEPS_PER_TONE);
      for (let share = 0; share <= SHARE_STEPS; share++) {
        const index = tone * (SHARE_STEPS + 1) + share;
        this.#values[index] = packed(colour, opacityOf(share / SHARE_STEPS));
      }
    }
  }

  /**
   * The colour of a pixel.
   *
   * @param share The share of it that is covered, above 0.
   * @param tone What covers it, multiplied by the share.
   */
  shade(share: number, tone: number): number {
    const step = Math.round(tone / share * STEPS_PER_TONE);
    const row = Math.min(step, TONE_STEPS - 1) * (SHARE_STEPS + 1);
    return this
      .#values[row + Math.min(Math.round(share * SHARE_STEPS), SHARE_STEPS)]!;
  }
}

type Channels = readonly [number, number, number];

function between(colours: readonly Channels[], tone: number): Channels {
  const low = colours[Math.floor(tone)]!;
  const high = colours[Math.min(Math.floor(tone) + 1, colours.length - 1)]!;
  const part = tone - Math.floor(tone);
  const mix = (at: 0 | 1 | 2) => low[at] + (high[at] - low[at]) * part;
  return [mix(0), mix(1), mix(2)];
}

function opacityOf(share: number): number {
  return LEAST_OPACITY + (1 - LEAST_OPACITY) * share;
}

/** Image data has red in its first byte, and so in the lowest one here. */
function packed([red, green, blue]: Channels, opacity: number): number {
  return (Math.round(opacity * 255) << 24 | Math.round(blue) << 16 |
    Math.round(green) << 8 | Math.round(red)) >>> 0;
}
