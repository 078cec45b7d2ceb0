import {
  type Growth,
  GROWTH_REASONS,
  type RunSystemCall,
  SYSTEM_CALLS,
} from "../../runs/run_data.ts";
import type { PackReader, PackWriter } from "./pack.ts";
import { readEntries } from "./texts.ts";

/** Writes the system calls. */
export function writeSystemCalls(
  pack: PackWriter,
  systemCalls: readonly RunSystemCall[],
): void {
  const column = pack.column();
  column.unsigned(systemCalls.length);
  let last = 0, place = 0;
  for (const { call, name, address, length } of systemCalls) {
    column.unsigned(call - last);
    column.unsigned(SYSTEM_CALLS.indexOf(name));
    column.signed(address - place);
    column.number(length);
    last = call;
    place = address;
  }
}

/** Reads what {@linkcode writeSystemCalls} wrote. */
export function readSystemCalls(pack: PackReader): RunSystemCall[] {
  const column = pack.column();
  let call = 0, address = 0;
  return readEntries(column, () => {
    call += column.unsigned();
    const name = SYSTEM_CALLS[column.unsigned()]!;
    address += column.signed();
    return { call, name, address, length: column.number() };
  });
}

/** Writes the raises of the break. */
export function writeGrowths(
  pack: PackWriter,
  growths: readonly Growth[],
): void {
  const column = pack.column();
  column.unsigned(growths.length);
  let last = 0;
  for (const growth of growths) {
    column.unsigned(growth.call - last);
    column.unsigned(GROWTH_REASONS.indexOf(growth.reason));
    column.number(growth.length);
    column.number(growth.request);
    column.number(growth.freeBytes);
    column.number(growth.largestFreeBytes);
    last = growth.call;
  }
}

/** Reads what {@linkcode writeGrowths} wrote. */
export function readGrowths(pack: PackReader): Growth[] {
  const column = pack.column();
  let call = 0;
  return readEntries(column, () => {
    call += column.unsigned();
    const reason = GROWTH_REASONS[column.unsigned()]!;
    return {
      call,
      reason,
      length: column.number(),
      request: column.number(),
      freeBytes: column.number(),
      largestFreeBytes: column.number(),
    };
  });
}
