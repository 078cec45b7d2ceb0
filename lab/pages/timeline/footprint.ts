import { HEADER_BYTES, STATUS } from "@osmem/osmem/internal/plain";
import type { HeapSnapshot } from "../../runs/heap_snapshot.ts";
import type { RunData } from "../../runs/run_data.ts";
import { type AddressRange, AddressScale } from "./address_scale.ts";

/** The break from some moment on. */
export interface BreakStep {
  /** Calls made before. */
  readonly moment: number;
  /** Bytes of the heap that lie below the break. */
  readonly offset: number;
}

/** The memory that a heap obtained from the system at any time of a run. */
export interface Footprint {
  /** Below the break. */
  readonly heap: AddressScale;
  /** The mappings. */
  readonly mappings: AddressScale;
  /** The break, whenever it was moved. */
  readonly breakSteps: readonly BreakStep[];
}

/** Finds the memory that a run obtained, by its system calls. */
export function footprintOf(data: RunData): Footprint {
  const { initial, systemCalls } = data;
  const raises = systemCalls.filter(({ name }) => name === "sbrk");
  const heap = new AddressScale([
    ...blockRanges(initial, (status) => status !== STATUS.mapped),
    ...raises.map(({ address, length }) => ({
      start: address - length,
      end: address,
    })),
  ]);
  const made = systemCalls.filter(({ name }) => name === "mmap");
  const mappings = new AddressScale([
    ...blockRanges(initial, (status) => status === STATUS.mapped),
    ...made.map(({ address, length }) => ({
      start: address,
      end: address + length,
    })),
  ]);
  const steps = raises.map(({ call, address }) => ({
    moment: call + 1,
    offset: heap.offsetOf(address),
  }));
  const first = { moment: 0, offset: heap.offsetOf(initialBreak(initial)) };
  return { heap, mappings, breakSteps: [first, ...steps] };
}

function blockRanges(
  { addresses, sizes, statuses }: HeapSnapshot,
  isWanted: (status: number) => boolean,
): AddressRange[] {
  const wanted = [...addresses.keys()].filter((at) => isWanted(statuses[at]!));
  return wanted.map((at) => ({
    start: addresses[at]!,
    end: addresses[at]! + HEADER_BYTES + sizes[at]!,
  }));
}

function initialBreak(initial: HeapSnapshot): number {
  const ranges = blockRanges(initial, (status) => status !== STATUS.mapped);
  return ranges.at(-1)?.end ?? 0;
}
