import type { JsonReader } from "../json_reader.ts";
import {
  type Growth,
  GROWTH_REASONS,
  type Mark,
  type RunSystemCall,
  type Samples,
  SYSTEM_CALLS,
} from "../run_data.ts";
import type { AddressOrigin } from "./addresses.ts";

/** Reads the remarks between calls, in order. */
export function readMarks(marks: JsonReader, calls: number): Mark[] {
  const read = marks.entries().map((mark) => ({
    after: mark.get("after").whole(0, calls),
    text: mark.get("text").text(),
  }));
  marks.requireRising(read.map(({ after }) => after), ".after");
  return read;
}

/** Reads texts that calls have, in order: pairs of a call's number and its text. */
export function readTexts(
  texts: JsonReader,
  calls: number,
): Map<number, string> {
  const read = texts.entries().map((pair) => {
    const [call, text] = pair.entries(2) as [JsonReader, JsonReader];
    return [call.whole(0, calls - 1), text.text()] as const;
  });
  texts.requireRising(read.map(([call]) => call), "[0]");
  return new Map(read);
}

/** Reads system calls, in order. */
export function readSystemCalls(
  systemCalls: JsonReader,
  origin: AddressOrigin,
  calls: number,
): RunSystemCall[] {
  const read = systemCalls.entries().map((call) => ({
    call: call.get("call").whole(0, calls - 1),
    name: call.get("name").oneOf(SYSTEM_CALLS),
    address: origin.read(call.get("address")),
    length: call.get("length").whole(),
  }));
  systemCalls.requireRising(read.map(({ call }) => call), ".call");
  return read;
}

/** Reads raises of the break, in order. */
export function readGrowths(growths: JsonReader, calls: number): Growth[] {
  const read = growths.entries().map((growth) => readGrowth(growth, calls));
  growths.requireRising(read.map(({ call }) => call), ".call");
  return read;
}

function readGrowth(growth: JsonReader, calls: number): Growth {
  return {
    call: growth.get("call").whole(0, calls - 1),
    length: growth.get("length").whole(),
    request: growth.get("request").whole(),
    freeBytes: growth.get("freeBytes").whole(),
    largestFreeBytes: growth.get("largestFreeBytes").whole(),
    reason: growth.get("reason").oneOf(GROWTH_REASONS),
  };
}

/** Reads figures that were taken every few calls, in order. */
export function readSamples(samples: JsonReader, mostCalls: number): Samples {
  const calls = samples.get("calls").risingNumbers({ most: mostCalls });
  const { length } = calls;
  const column = (name: keyof Samples) =>
    new Float64Array(samples.get(name).numbers({ length }));
  return {
    calls: new Uint32Array(calls),
    requestedBytes: column("requestedBytes"),
    liveBytes: column("liveBytes"),
    footprintBytes: column("footprintBytes"),
    headerBytes: column("headerBytes"),
    freeBytes: column("freeBytes"),
    largestFreeBytes: column("largestFreeBytes"),
  };
}
