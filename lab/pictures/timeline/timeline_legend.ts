import type { Element } from "xast";
import { x } from "xastscript";
import { GROWTH_REASONS, type GrowthReason } from "../../runs/run_data.ts";
import { type LegendEntry, shadeSwatch, swatch } from "../svg/legend.ts";

/** What there is in a picture to be explained. */
export interface LegendNeeds {
  /** Heap blocks. */
  readonly blocks: boolean;
  /** Headers that can be told from payloads. */
  readonly headers: boolean;
  /** Headers of free blocks, likewise. */
  readonly freeHeaders: boolean;
  /** Lives too small to be drawn alone. */
  readonly shades: boolean;
  /** Memory below the break. */
  readonly heap: boolean;
  /** Memory of others in between. */
  readonly gaps: boolean;
  /** Mappings. */
  readonly mappings: boolean;
  /** Marks. */
  readonly marks: boolean;
  /** The reasons for which the break was raised. */
  readonly reasons: ReadonlySet<GrowthReason>;
}

/** Names what a picture shows, and nothing else. */
export function timelineLegend(needs: LegendNeeds): LegendEntry[] {
  return [
    ...when(needs.blocks, swatch("used"), "allocated"),
    ...when(needs.headers, swatch("header"), "its header"),
    ...when(needs.heap, swatch("free"), "free"),
    ...when(needs.freeHeaders, swatch("free-header"), "its header"),
    ...when(
      needs.shades,
      shadeSwatch(),
      "partly: blocks too small to be seen alone",
    ),
    ...when(needs.heap, line("break"), "the program break"),
    ...GROWTH_REASONS.flatMap((reason) =>
      when(
        needs.reasons.has(reason),
        [x("path", { class: "growth", d: GROWTH_SHAPES[reason] })],
        `raised: ${reason}`,
      )
    ),
    ...when(needs.marks, line("mark"), "mark"),
    ...when(needs.mappings, swatch("mapping"), "mapping (not to scale)"),
    ...when(needs.gaps, swatch("gap"), "memory of others, cut out"),
  ];
}

function when(
  isShown: boolean,
  sign: readonly Element[],
  text: string,
): LegendEntry[] {
  return isShown ? [{ sign, text }] : [];
}

function line(name: string): Element[] {
  return [x("path", { class: name, d: "M-7 0H7" })];
}

/** A shape for each reason, around the origin: colours alone are not told apart by all. */
export const GROWTH_SHAPES: Readonly<Record<GrowthReason, string>> = {
  "first use": "M-5 0L0 -5L5 0L0 5Z",
  "nothing free": "M-4.5 -4.5h9v9h-9Z",
  "too small": "M-5.5 4.5L0 -5.5L5.5 4.5Z",
  "scattered": "M0 -5A5 5 0 1 1 0 5A5 5 0 1 1 0 -5Z",
  "grows in place":
    "M-1.8 -5h3.6v3.2h3.2v3.6h-3.2v3.2h-3.6v-3.2h-3.2v-3.6h3.2Z",
};
