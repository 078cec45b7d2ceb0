// C forks, and calls in the child, where there is no JavaScript: prints what it found
// there, and what the parent was answered afterwards. The argument is the library.
import { Heap } from "../../mod.ts";
import { osFunctions } from "../support/c_functions.ts";

const HOOK = { parameters: ["usize"], result: "usize" } as const;

using heap = new Heap();
using bindings = heap.bindToC({ os: true });
const hook = bindings.hook(HOOK, (size) => size + 1n);
const { symbols } = Deno.dlopen(Deno.args[0]!, {
  refused_in_child: { parameters: ["pointer", "function"], result: "i32" },
});

const block = heap.malloc(8);
const child = symbols.refused_in_child(heap.pointer(block), hook);
const held = heap.usableSize(osFunctions().malloc(100));
const hooked = Number(new Deno.UnsafeFnPointer(hook, HOOK).call(6n));
heap.check();
const { refusedCalls } = bindings;
console.log(JSON.stringify({ child, held, hooked, refusedCalls }));
