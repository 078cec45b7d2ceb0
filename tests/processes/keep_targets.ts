// Keeps structures alone, whose pointers lead to strings that nothing else refers to, and
// prints the labels of strings that were reported as leaks: while the structures are kept,
// and after they were forgotten. Run with --v8-flags=--expose-gc.
import { type Allocation, Heap, readString, struct } from "../../mod.ts";

declare const gc: () => void;

const reported: string[] = [];
const heap = new Heap({ onLeak: ({ label }) => void reported.push(label!) });

const Entry = struct({
  name: "pointer",
  nested: { name: "pointer" },
  list: ["pointer", 2],
});

function pointerTo(label: string): Deno.PointerValue {
  return heap.allocateString(label, { label }).pointer;
}

let kept: Allocation | undefined;
let pointer: Deno.PointerValue = null;
(() => {
  kept = heap.allocateStruct(Entry, {
    name: pointerTo("field"),
    nested: { name: pointerTo("nested") },
    list: [pointerTo("first"), null],
  }, { label: "structure" });
  pointer = pointerTo("pointer");
})();

async function collect(): Promise<void> {
  for (let turn = 0; turn < 100 && reported.length < 5; turn++) {
    gc();
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

await collect();
const { name, nested, list } = Entry.read(kept);
const texts = [name, nested.name, list[0], pointer].map((each) =>
  readString(each!)
);
console.log(JSON.stringify(texts), JSON.stringify(reported));
kept = undefined;
pointer = null;
await collect();
console.log(JSON.stringify(reported.sort()));
