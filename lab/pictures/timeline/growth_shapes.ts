import type { GrowthReason } from "../../runs/run_data.ts";

/** A shape for each reason, around the origin: colours alone are not told apart by all. */
export const GROWTH_SHAPES: Readonly<Record<GrowthReason, string>> = {
  "first use": "M-5 0L0 -5L5 0L0 5Z",
  "nothing free": "M-4.5 -4.5h9v9h-9Z",
  "too small": "M-5.5 4.5L0 -5.5L5.5 4.5Z",
  "scattered": "M0 -5A5 5 0 1 1 0 5A5 5 0 1 1 0 -5Z",
  "grows in place":
    "M-1.8 -5h3.6v3.2h3.2v3.6h-3.2v3.2h-3.6v-3.2h-3.2v-3.6h3.2Z",
};
