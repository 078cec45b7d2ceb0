// A hook that C calls in the depth of the stack, first where JavaScript cannot run at
// all, and then ever less deep: prints how often it was refused, and how deep it was
// when it was answered, in KiB. The argument is the library.
import { Heap } from "../../mod.ts";

const HOOK = { parameters: ["usize"], result: "pointer" } as const;

using heap = new Heap();
using bindings = heap.bindToC();
const hook = bindings.hook(
  HOOK,
  (size) => heap.pointer(heap.malloc(Number(size))),
);
const { call_hook_at_depth } = Deno.dlopen(Deno.args[0]!, {
  call_hook_at_depth: {
    parameters: ["f64", "function", "usize"],
    result: "pointer",
  },
}).symbols;

let answer: Deno.PointerValue = null;
let kib = 7000;
while (answer === null) {
  kib -= Math.max(1, Math.trunc(kib / 1000));
  answer = call_hook_at_depth(kib * 1024, hook, 100n);
  heap.check();
}
const { errorCount, refusedCalls } = bindings;
const { liveBlocks } = heap.stats();
console.log(JSON.stringify({ kib, errorCount, refusedCalls, liveBlocks }));
