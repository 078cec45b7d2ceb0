/** The part of a timeline that is shown: moments across, offsets of bytes upward. */
export interface TimelineWindow {
  /** The first moment. */
  readonly from: number;
  /** The moment past the last one. */
  readonly to: number;
  /** The lowest offset. */
  readonly low: number;
  /** The offset past the highest one. */
  readonly high: number;
}

/** The fewest moments and bytes that can be shown. */
const FEWEST_MOMENTS = 4;
const FEWEST_BYTES = 128;

/** Whether two windows show the same. */
export function isSameWindow(a: TimelineWindow, b: TimelineWindow): boolean {
  return a.from === b.from && a.to === b.to && a.low === b.low &&
    a.high === b.high;
}

/** The window, no smaller than can be shown and no larger than all there is. */
export function clampWindow(
  window: TimelineWindow,
  whole: TimelineWindow,
): TimelineWindow {
  const [from, to] = clampSpan(
    [window.from, window.to],
    [whole.from, whole.to],
    FEWEST_MOMENTS,
  );
  const [low, high] = clampSpan(
    [window.low, window.high],
    [whole.low, whole.high],
    FEWEST_BYTES,
  );
  return { from, to, low, high };
}

/**
 * The window, larger or smaller by a factor.
 *
 * @param moment What stays where it is.
 * @param offset What stays where it is.
 */
export function zoomWindow(
  window: TimelineWindow,
  factor: { readonly moments: number; readonly bytes: number },
  moment: number,
  offset: number,
): TimelineWindow {
  return {
    from: moment + (window.from - moment) * factor.moments,
    to: moment + (window.to - moment) * factor.moments,
    low: offset + (window.low - offset) * factor.bytes,
    high: offset + (window.high - offset) * factor.bytes,
  };
}

/** The window, moved. */
export function moveWindow(
  window: TimelineWindow,
  moments: number,
  bytes: number,
): TimelineWindow {
  return {
    from: window.from + moments,
    to: window.to + moments,
    low: window.low + bytes,
    high: window.high + bytes,
  };
}

type Span = readonly [from: number, to: number];

/** A span is made no shorter than `fewest`, then moved to where it fits. */
function clampSpan([from, to]: Span, whole: Span, fewest: number): Span {
  const most = whole[1] - whole[0];
  const length = Math.min(Math.max(to - from, Math.min(fewest, most)), most);
  const middle = (from + to) / 2;
  const start = Math.min(
    Math.max(to - from === length ? from : middle - length / 2, whole[0]),
    whole[1] - length,
  );
  return [start, start + length];
}
