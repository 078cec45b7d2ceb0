import type { Samples } from "../../runs/run_data.ts";
import type { PackReader, PackWriter } from "./pack.ts";

/** A chart is a few thousand pixels wide at most: more samples are thinned out. */
const MOST_SAMPLES = 16_384;

const COLUMNS = [
  "calls",
  "requestedBytes",
  "liveBytes",
  "footprintBytes",
  "headerBytes",
  "freeBytes",
  "largestFreeBytes",
] as const satisfies readonly (keyof Samples)[];

/** Writes the samples; of very many, only as many as a chart can show. */
export function writeSamples(pack: PackWriter, samples: Samples): void {
  const { length } = samples.calls;
  const step = Math.ceil(length / MOST_SAMPLES);
  const kept = Math.ceil(length / Math.max(step, 1));
  for (const name of COLUMNS) {
    const column = pack.column();
    column.unsigned(kept);
    let last = 0;
    for (let index = 0; index < length; index += step) {
      const value = samples[name][index]!;
      column.signed(value - last);
      last = value;
    }
  }
}

/** Reads what {@linkcode writeSamples} wrote. */
export function readSamples(pack: PackReader): Samples {
  const [calls, ...sizes] = COLUMNS.map(() => readColumn(pack));
  return {
    calls: Uint32Array.from(calls!),
    requestedBytes: sizes[0]!,
    liveBytes: sizes[1]!,
    footprintBytes: sizes[2]!,
    headerBytes: sizes[3]!,
    freeBytes: sizes[4]!,
    largestFreeBytes: sizes[5]!,
  };
}

function readColumn(pack: PackReader): Float64Array {
  const column = pack.column();
  const values = new Float64Array(column.unsigned());
  let last = 0;
  for (let index = 0; index < values.length; index++) {
    values[index] = last += column.signed();
  }
  return values;
}
