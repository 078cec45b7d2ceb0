import type { HeapPolicy } from "@osmem/osmem";

/** A trace under one policy: a row of a comparison. Sizes are in bytes. */
export interface ComparisonRow {
  /** The trace. */
  readonly trace: string;
  /** The policy. */
  readonly policy: HeapPolicy;
  /** max P / max H: peak live bytes over peak footprint. */
  readonly utilisation: number | null;
  /** The most requested bytes that were live (max P). */
  readonly peakLiveBytes: number;
  /** The peak footprint: the most bytes obtained from the system (max H). */
  readonly peakFootprintBytes: number;
  /** Bytes of live blocks beyond what was asked for, at the fullest moment. */
  readonly internalFragmentationBytes: number;
  /** 1 - L/F at the fullest moment; `null` without free memory. */
  readonly externalFragmentation: number | null;
  /** Bytes of headers at the fullest moment. */
  readonly headerBytes: number;
  /** Raises of the break although enough memory was free, in pieces too small. */
  readonly blockedRequests: number;
  /** Blocks that a plain list search of the policy would examine, on average. */
  readonly meanSearchLength: number | null;
  /** The most that one would examine. */
  readonly worstSearchLength: number;
  /** Raises of the break. */
  readonly brkCalls: number;
  /** Mappings made. */
  readonly mmapCalls: number;
  /** Mappings given back. */
  readonly munmapCalls: number;
  /** Calls in a second, without recording; `null` if it was interrupted. */
  readonly callsPerSecond: number | null;
}

/** The figures of a row that one policy can have better than another. */
export type ComparedFigure = Exclude<keyof ComparisonRow, "trace" | "policy">;

/** Which figures are compared, in their order, and whether more is better. */
export const COMPARED_FIGURES: Readonly<
  Record<ComparedFigure, "more" | "less">
> = {
  utilisation: "more",
  peakLiveBytes: "less",
  peakFootprintBytes: "less",
  internalFragmentationBytes: "less",
  externalFragmentation: "less",
  headerBytes: "less",
  blockedRequests: "less",
  meanSearchLength: "less",
  worstSearchLength: "less",
  brkCalls: "less",
  mmapCalls: "less",
  munmapCalls: "less",
  callsPerSecond: "more",
};

/**
 * Whether a row has the best value of a figure among the rows of its trace. Where
 * all have the same, none is best.
 */
export function isBest(
  row: ComparisonRow,
  figure: ComparedFigure,
  rows: readonly ComparisonRow[],
): boolean {
  const sign = COMPARED_FIGURES[figure] === "more" ? -1 : 1;
  const values = rows
    .filter(({ trace }) => trace === row.trace)
    .map((other) => other[figure])
    .filter((value) => value !== null)
    .map((value) => sign * value);
  const value = row[figure];
  const [best, worst] = [Math.min(...values), Math.max(...values)];
  return value !== null && sign * value === best && best !== worst;
}
