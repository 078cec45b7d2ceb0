import type { Address } from "@osmem/osmem";
import type { Growth, RunData } from "../run_data.ts";

/** A raise of the break. */
export interface BreakRaise {
  /** Calls made when it had happened. */
  readonly after: number;
  /** Where the break was. */
  readonly from: Address;
  /** Where it is since. */
  readonly to: Address;
  /** Why; not known of a raise that was made past the recording. */
  readonly growth: Growth | undefined;
}

/** The raises of the break in a run, in order. */
export function raisesOf({ systemCalls, growths }: RunData): BreakRaise[] {
  const raises: BreakRaise[] = [];
  let next = 0;
  for (const { name, call, address, length } of systemCalls) {
    if (name !== "sbrk") continue;
    const growth = growths[next];
    const isIts = growth?.call === call && growth.length === length;
    if (isIts) next++;
    raises.push({
      after: call + 1,
      from: address - length,
      to: address,
      growth: isIts ? growth : undefined,
    });
  }
  return raises;
}
