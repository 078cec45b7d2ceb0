import type { Element } from "xast";
import { x as element } from "xastscript";
import type { Growth, GrowthReason } from "../../runs/run_data.ts";
import { formatBytes, formatCount } from "../../words.ts";
import { pixels, textAt, textWidth } from "../svg/document.ts";
import type { Plot } from "./plot.ts";
import { GROWTH_SHAPES } from "./timeline_legend.ts";

/** Raises for the same reason that are nearer to each other share a marker. */
const NEAREST = 16; // pixels
const ROOM = 8; // pixels between a marker's middle and its text
const LINE_HEIGHT = 11; // pixels

/** A raise of the break, or several for one reason that lie close together. */
export interface GrowthMarker {
  /** The reason. */
  readonly reason: GrowthReason;
  /** Its middle, in pixels. */
  readonly left: number;
  readonly top: number;
  /** Where the break is raised again after the last one, in pixels. */
  until: number;
  /** The first raise that it stands for. */
  readonly first: Growth;
  /** The last one. */
  last: Growth;
  /** How many there are. */
  count: number;
  /** Bytes of all of them. */
  bytes: number;
}

/** The markers of the raises in the window, in order. */
export function growthMarkers(plot: Plot): GrowthMarker[] {
  const { timeline: { raises }, window, x, y } = plot;
  const markers: GrowthMarker[] = [];
  const latest = new Map<GrowthReason, GrowthMarker>();
  raises.forEach(({ after, to, growth }, index) => {
    if (!growth || after <= window.from || after > window.to) return;
    const next = raises[index + 1];
    const raised = {
      growth,
      left: x(after),
      top: y.at(to),
      until: next === undefined ? plot.frame.right : x(next.after),
    };
    const near = latest.get(growth.reason);
    if (near && isNear(near, raised)) return addTo(near, raised);
    const marker = markerOf(raised);
    latest.set(growth.reason, marker);
    markers.push(marker);
  });
  return markers;
}

/** A raise of the break as it is drawn. Places are in pixels. */
interface DrawnRaise {
  readonly growth: Growth;
  readonly left: number;
  readonly top: number;
  /** Where the break is raised again. */
  readonly until: number;
}

function markerOf({ growth, left, top, until }: DrawnRaise): GrowthMarker {
  const { reason, length: bytes } = growth;
  return {
    reason,
    left,
    top,
    until,
    first: growth,
    last: growth,
    count: 1,
    bytes,
  };
}

function isNear(marker: GrowthMarker, { left, top }: DrawnRaise): boolean {
  return left - marker.left < NEAREST && marker.top - top < NEAREST;
}

function addTo(marker: GrowthMarker, { growth, until }: DrawnRaise): void {
  marker.last = growth;
  marker.until = until;
  marker.count++;
  marker.bytes += growth.length;
}

/** Draws the markers on the break, with their reasons where there is room. */
export function drawGrowths(
  plot: Plot,
  markers: readonly GrowthMarker[],
): Element[] {
  const places = new Places();
  for (const { left, top } of markers) {
    places.take(left - 5, top - 5, left + 5, top + 5);
  }
  return markers.flatMap((marker) => {
    const { left, top, reason } = marker;
    return [
      element("path", {
        class: "growth",
        transform: `translate(${pixels(left)} ${pixels(top)})`,
        d: GROWTH_SHAPES[reason],
      }, element("title", describeMarker(marker))),
      ...drawReason(plot, marker, places),
    ];
  });
}

/**
 * The reason stands to the left of the marker, above the break as it was before;
 * or to its right, if the break stays where it is for so long. There is no block
 * in either place.
 */
function drawReason(
  { frame }: Plot,
  { left, top, reason, count, bytes, until }: GrowthMarker,
  places: Places,
): Element[] {
  const times = count === 1 ? "" : `${formatCount(count)} × `;
  const text = `${times}${reason}, +${formatBytes(bytes)}`;
  const width = textWidth(text);
  const baseline = top - 2;
  const upper = baseline - LINE_HEIGHT + 2;
  const end = left - ROOM;
  if (
    end - width >= frame.left && places.take(end - width, upper, end, baseline)
  ) {
    return [textAt("growth-text", end, baseline, text, "end")];
  }
  const start = left + ROOM;
  const above = baseline - 5;
  const fits = start + width <= Math.min(until, frame.right);
  if (fits && places.take(start, above - LINE_HEIGHT, start + width, above)) {
    return [textAt("growth-text", start, above, text)];
  }
  return [];
}

function describeMarker(
  { first, last, count, bytes, reason }: GrowthMarker,
): string {
  if (count > 1) {
    return [
      `${formatCount(count)} raises of the break, ${
        formatBytes(bytes)
      } together: ${reason}`,
      `calls ${formatCount(first.call + 1)} to ${formatCount(last.call + 1)}`,
    ].join("\n");
  }
  return [
    `call ${formatCount(first.call + 1)} raises the break by ${
      formatBytes(bytes)
    }: ${reason}`,
    `${formatBytes(first.request)} were requested, ${
      formatBytes(first.freeBytes)
    } were free, ${formatBytes(first.largestFreeBytes)} in the largest block`,
  ].join("\n");
}

interface Place {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** Keeps labels from being drawn over each other: where something was drawn. */
export class Places {
  readonly #taken: Place[] = [];

  /**
   * Takes a place, given by its edges in pixels, if nothing was drawn there.
   *
   * @returns Whether it was taken.
   */
  take(left: number, top: number, right: number, bottom: number): boolean {
    const isTaken = this.#taken.some((place) =>
      place.left < right && left < place.right &&
      place.top < bottom && top < place.bottom
    );
    if (!isTaken) this.#taken.push({ left, top, right, bottom });
    return !isTaken;
  }
}
