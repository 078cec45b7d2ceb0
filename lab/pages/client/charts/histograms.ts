/// <reference lib="dom" />
import { formatBytes, formatCount, formatNumberOf } from "../../../words.ts";
import { element, find } from "../dom.ts";
import type { RunView } from "../state/run_view.ts";
import { type Bucket, lifetimesOf, sizesOf } from "./distribution.ts";

/** Shows what sizes were asked for, and how long blocks lived. */
export function initialiseHistograms(panel: HTMLElement, view: RunView): void {
  const { data } = view.run;
  const { buckets, unfreed } = lifetimesOf(data);
  showHistogram(
    find(panel, "[data-histogram=sizes]"),
    "Sizes requested",
    sizesOf(data),
    formatBytes,
  );
  showHistogram(
    find(panel, "[data-histogram=lifetimes]"),
    `Lifetimes in calls; ${formatNumberOf(unfreed, "block")} never freed`,
    buckets,
    formatCount,
  );
}

function showHistogram(
  place: HTMLElement,
  name: string,
  buckets: readonly Bucket[],
  format: (most: number) => string,
): void {
  const largest = buckets.reduce((most, { count }) => Math.max(most, count), 1);
  const rows = buckets.map((bucket) =>
    histogramRow(bucket, largest, format(bucket.most))
  );
  const none = element("tr", {}, element("td", {}, "There are none."));
  const body = element("tbody", {}, ...(rows.length > 0 ? rows : [none]));
  place.append(element("table", {}, element("caption", {}, name), body));
}

function histogramRow(
  { count }: Bucket,
  largest: number,
  most: string,
): HTMLElement {
  const style = `--share: ${count / largest}`;
  const bar = count === 0 ? [] : [element("span", { class: "bar", style })];
  return element(
    "tr",
    {},
    element("th", { scope: "row" }, `≤ ${most}`),
    element("td", { class: "bars" }, ...bar),
    element("td", {}, formatCount(count)),
  );
}
