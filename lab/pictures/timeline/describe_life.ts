import { formatBytes, formatCount } from "../../words.ts";
import { shorten } from "../svg/document.ts";
import type { BlockLife } from "../../runs/timeline/lives.ts";

const LONGEST_LABEL = 60; // characters: each picture has thousands of them

/** What a block is called: its label, or its number. */
export function nameOf({ block, label, requestedBytes }: BlockLife): string {
  if (label !== undefined && label !== "") return label;
  if (block !== undefined) return `block ${block}`;
  return requestedBytes === 0 ? "free block" : "block";
}

/**
 * What there is to say of a block's life, for a tooltip.
 *
 * @param life The life.
 * @param start Where the heap starts; 0 for a mapping, which lies elsewhere.
 */
export function describeLife(life: BlockLife, start: number): string {
  const { block, size, requestedBytes, from, to, address } = life;
  const payload = `${formatBytes(size)} of payload`;
  const number = life.label === undefined || block === undefined
    ? ""
    : ` (block ${block})`;
  const place = start !== 0
    ? `header at HeapStart + 0x${(address - start).toString(16)}`
    : `header at 0x${address.toString(16)}`;
  return [
    shorten(nameOf(life), LONGEST_LABEL) + number,
    requestedBytes === 0
      ? payload
      : `${payload}, ${formatBytes(requestedBytes)} requested`,
    place,
    describeCalls(from, to),
  ].join("\n");
}

function describeCalls(from: number, to: number | undefined): string {
  const since = from === 0
    ? "there before the first call"
    : `from call ${formatCount(from)}`;
  return to === undefined
    ? `${since}, still there at the end`
    : `${since} to call ${formatCount(to)}`;
}
