/// <reference lib="dom" />
import {
  formatBytes,
  formatCount,
  formatNumberOf,
} from "../../../pictures/units.ts";
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
  const largest = Math.max(1, ...buckets.map(({ count }) => count));
  const rows = buckets.map(({ most, count }) => {
    const bar = element("span", {
      class: "bar",
      style: `--share: ${count / largest}`,
    });
    return element(
      "tr",
      {},
      element("th", { scope: "row" }, `≤ ${format(most)}`),
      element("td", { class: "bars" }, ...(count === 0 ? [] : [bar])),
      element("td", {}, formatCount(count)),
    );
  });
  const body = rows.length > 0
    ? rows
    : [element("tr", {}, element("td", {}, "There are none."))];
  place.append(
    element(
      "table",
      {},
      element("caption", {}, name),
      element("tbody", {}, ...body),
    ),
  );
}
