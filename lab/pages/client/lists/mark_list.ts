/// <reference lib="dom" />
import { formatCount } from "../../../words.ts";
import { lastAtMost } from "../../timeline/address_scale.ts";
import { find, setText } from "../dom.ts";
import { onceSeen } from "../state/frame.ts";
import type { RunView } from "../state/run_view.ts";
import { VirtualList } from "./virtual_list.ts";

const ROW_HEIGHT = 30;

/** Lists the marks; choosing one goes there. */
export function initialiseMarkList(panel: HTMLElement, view: RunView): void {
  const { marks } = view.run.data;
  const list = new VirtualList(find(panel, "[data-list]"), {
    name: "Marks",
    columns: ["After", "Mark"],
    rowHeight: ROW_HEIGHT,
    length: () => marks.length,
    fill: (row, [after, text], index) => {
      const mark = marks[index]!;
      row.classList.toggle("current", mark.after === view.state.calls.value);
      setText(after!, `${formatCount(mark.after)} calls`);
      setText(text!, mark.text);
    },
    choose: (index) => view.state.goTo(marks[index]!.after),
  });
  const follow = () => {
    const { value } = view.state.calls;
    list.show(lastAtMost(marks.length, value, (at) => marks[at]!.after));
  };
  view.state.calls.follow(onceSeen(panel, follow));
  follow();
}
