// Forgets allocations of a heap whose first thousand were disposed of, and prints of how
// many that was reported. Run with --v8-flags=--expose-gc.
import { Heap } from "../../mod.ts";

declare const gc: () => void;

const [options = "{}", forgotten = "0"] = Deno.args;
let reported = 0;
const heap = new Heap({ ...JSON.parse(options), onLeak: () => reported++ });

for (let count = 0; count < 1000; count++) heap.allocate(8)[Symbol.dispose]();
for (let count = 0; count < Number(forgotten); count++) heap.allocate(8);
for (let turn = 0, before = -1; turn < 20 && before !== reported; turn++) {
  if (reported > 0) before = reported;
  gc();
  await new Promise((resolve) => setTimeout(resolve, 50));
}
console.log(reported);
