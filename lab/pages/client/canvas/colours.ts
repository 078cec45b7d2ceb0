/// <reference lib="dom" />
import type { GrowthReason } from "../../../runs/run_data.ts";
import { Signal } from "../state/signal.ts";

/** The colours of what is drawn, as CSS writes them. */
export interface Colours {
  readonly panel: string;
  readonly ink: string;
  readonly muted: string;
  readonly line: string;
  readonly free: string;
  readonly gap: string;
  readonly header: string;
  /** Tones of allocated blocks. */
  readonly allocated: readonly string[];
  /** Tones of mappings. */
  readonly mapping: readonly string[];
  /** What the last call returned, and the current moment. */
  readonly current: string;
  readonly mark: string;
  readonly selection: string;
  readonly series: readonly string[];
  readonly reasons: Readonly<Record<GrowthReason, string>>;
}

/** The colours as they are now; changes when the page becomes light or dark. */
export const colours: Signal<Colours> = new Signal(readColours());

/** Takes the colours from the style again. */
export function refreshColours(): void {
  colours.set(readColours());
}

function readColours(): Colours {
  const colour = (name: string) => computedColour(`var(--${name})`);
  const tones = (name: string, count: number) =>
    Array.from({ length: count }, (_, tone) => colour(`${name}-${tone}`));
  return {
    panel: colour("panel"),
    ink: colour("ink"),
    muted: colour("muted"),
    line: colour("line"),
    free: colour("free"),
    gap: colour("gap"),
    header: colour("header"),
    allocated: tones("allocated", 4),
    mapping: tones("mapping", 4),
    current: colour("current"),
    mark: colour("mark"),
    selection: colour("selection"),
    series: tones("series", 3),
    reasons: {
      "first use": colour("first-use"),
      "nothing free": colour("nothing-free"),
      "too small": colour("too-small"),
      "scattered": colour("scattered"),
      "grows in place": colour("grows-in-place"),
    },
  };
}

/** A colour of the style as `#rrggbb`: what it is on a page as light or dark as this. */
function computedColour(colour: string): string {
  const probe = document.documentElement;
  const before = probe.style.outlineColor;
  probe.style.outlineColor = colour;
  const channels = getComputedStyle(probe).outlineColor.match(/\d+/g) ?? [];
  probe.style.outlineColor = before;
  const digits = channels.slice(0, 3)
    .map((channel) => Number(channel).toString(16).padStart(2, "0"));
  return `#${digits.join("")}`;
}

/** Red, green and blue of a colour that is written as `#rrggbb`. */
export function channelsOf(colour: string): readonly [number, number, number] {
  const value = parseInt(colour.slice(1), 16);
  return [value >> 16, (value >> 8) & 255, value & 255];
}
