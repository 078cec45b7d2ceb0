import type { Palette } from "../palette.ts";

/** What a cell of a map can show. */
export type CellKind =
  | "header"
  | "used"
  | "mostlyUsed"
  | "partlyUsed"
  | "free"
  | "gap"
  | "mapping"
  | "nextMapping";

const GLYPHS: Readonly<Record<CellKind, string>> = {
  header: "▌",
  used: "█",
  mostlyUsed: "▓",
  partlyUsed: "▒",
  free: "░",
  gap: "┊",
  mapping: "▚",
  nextMapping: "▞",
};

/** Draws cells of a kind, one by default. */
export type CellPainter = (kind: CellKind, count?: number) => string;

/** Draws cells in the colours of a palette. */
export function cellPainter(palette: Palette): CellPainter {
  const [mapping, nextMapping] = palette.mapping;
  const paints = {
    header: palette.header,
    used: palette.used,
    mostlyUsed: palette.partlyUsed,
    partlyUsed: palette.partlyUsed,
    free: palette.free,
    gap: palette.gap,
    mapping,
    nextMapping,
  };
  return (kind, count = 1) => paints[kind](GLYPHS[kind].repeat(count));
}

/** The kind of the mapping with this number: neighbours take turns. */
export function mappingKind(index: number): CellKind {
  return index % 2 === 0 ? "mapping" : "nextMapping";
}
