/// <reference lib="dom" />
import { formatCount } from "../../../words.ts";
import { lastAtMost } from "../../timeline/address_scale.ts";
import { growthWords } from "../../run_words.ts";
import { element, find } from "../dom.ts";
import { onceSeen } from "../state/frame.ts";
import type { RunView } from "../state/run_view.ts";
import { VirtualList } from "./virtual_list.ts";

const ROW_HEIGHT = 80;

/** Lists why the break was raised, each time; choosing one goes there. */
export function initialiseGrowthList(panel: HTMLElement, view: RunView): void {
  const { growths } = view.run.data;
  const place = find(panel, "[data-list]");
  if (growths.length === 0) {
    place.replaceChildren(
      element("p", { class: "empty" }, "The break was never raised."),
    );
    return;
  }
  const list = new VirtualList(place, {
    name: "Why the break was raised",
    columns: [""],
    rowHeight: ROW_HEIGHT,
    length: () => growths.length,
    fill: (row, [cell], index) => fillRow(row, cell!, view, index),
    choose: (index) => view.state.goTo(growths[index]!.call + 1),
  });
  const follow = () => {
    const last = lastAtMost(
      growths.length,
      view.state.calls.value - 1,
      (at) => growths[at]!.call,
    );
    list.show(last);
  };
  view.state.calls.follow(onceSeen(panel, follow));
  follow();
}

function fillRow(
  row: HTMLElement,
  cell: HTMLElement,
  { run, state }: RunView,
  index: number,
): void {
  const growth = run.data.growths[index]!;
  row.classList.toggle("current", growth.call + 1 === state.calls.value);
  if (cell.dataset.shown === String(index)) return;
  cell.dataset.shown = String(index);
  cell.replaceChildren(
    element(
      "span",
      { class: "reason", "data-reason": growth.reason },
      growth.reason,
    ),
    element(
      "span",
      { class: "what" },
      `call ${formatCount(growth.call + 1)}, +${formatCount(growth.length)} B`,
    ),
    element("span", { class: "why" }, growthWords(growth)),
  );
}
