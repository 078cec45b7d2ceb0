import { CELL_BYTES, HEADER_BYTES, STATUS } from "@osmem/osmem/internal/plain";
import type { HeapMoment } from "../../../runs/heap_moment.ts";
import type { AddressScale } from "../../timeline/address_scale.ts";
import { TONES } from "../../timeline/coverage.ts";

/** Multiples of it are spread evenly between whole numbers. */
const GOLDEN_RATIO = 0.618_033_988_749;

/** What is drawn on a tape: a range of offsets, and the pixels that it takes. */
export interface TapeScale {
  /** Where addresses lie. */
  readonly scale: AddressScale;
  /** The offset of the first pixel. */
  readonly low: number;
  /** Bytes of a pixel. */
  readonly bytesPerPixel: number;
  /** How many pixels there are. */
  readonly pixels: number;
}

/** For each pixel of a tape, the share that is of a kind. */
export interface Tape {
  readonly headers: Float32Array;
  readonly free: Float32Array;
  readonly used: Float32Array;
  /** Tones of what is used, multiplied by the share. */
  readonly tones: Float32Array;
}

/**
 * Draws blocks of a moment along a tape, in proportion: a pixel in which many
 * blocks lie shows how much of it is free, header and payload.
 *
 * @param first The place of the first block among the moment's.
 * @param end The place past the last one.
 */
export function tapeOf(
  { snapshot }: HeapMoment,
  first: number,
  end: number,
  scale: TapeScale,
): Tape {
  const tape = emptyTape(scale.pixels);
  for (let index = first; index < end; index++) {
    const offset = scale.scale.offsetOf(snapshot.addresses[index]!) - scale.low;
    const start = offset / scale.bytesPerPixel;
    const payload = (offset + HEADER_BYTES) / scale.bytesPerPixel;
    const blockEnd = payload + snapshot.sizes[index]! / scale.bytesPerPixel;
    if (blockEnd <= 0 || start >= scale.pixels) continue;
    const isFree = snapshot.statuses[index] === STATUS.free;
    addRange(tape.headers, start, payload, 1);
    addRange(isFree ? tape.free : tape.used, payload, blockEnd, 1);
    if (!isFree) {
      addRange(
        tape.tones,
        payload,
        blockEnd,
        toneOf(snapshot.addresses[index]!),
      );
    }
  }
  return tape;
}

/** A tone by the place in memory: a block keeps it, and neighbours mostly differ. */
function toneOf(address: number): number {
  return Math.floor((address / CELL_BYTES * GOLDEN_RATIO) % 1 * TONES);
}

function emptyTape(pixels: number): Tape {
  return {
    headers: new Float32Array(pixels),
    free: new Float32Array(pixels),
    used: new Float32Array(pixels),
    tones: new Float32Array(pixels),
  };
}

function addRange(
  pixels: Float32Array,
  start: number,
  end: number,
  weight: number,
): void {
  const from = Math.max(start, 0);
  const to = Math.min(end, pixels.length);
  for (let pixel = Math.floor(from); pixel < to; pixel++) {
    const covered = Math.min(to, pixel + 1) - Math.max(from, pixel);
    pixels[pixel] = pixels[pixel]! + covered * weight;
  }
}
