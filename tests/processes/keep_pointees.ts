// Whether what an array of pointers leads to is collected before the array is. Needs
// --v8-flags=--expose-gc.
import { type Allocation, Heap } from "../../mod.ts";

const { gc } = globalThis as unknown as { gc: () => void };
const heap = new Heap();
const arrays: Allocation[] = [];

function makeAlone(): WeakRef<Allocation> {
  return new WeakRef(heap.allocateString("text"));
}

function makeInArray(): WeakRef<Allocation> {
  const text = heap.allocateString("text");
  arrays.push(heap.allocatePointers([text]));
  return new WeakRef(text);
}

/** What a WeakRef leads to is kept until the turn has ended. */
async function stateOf(text: WeakRef<Allocation>): Promise<string> {
  for (let turn = 0; turn < 5; turn++) {
    await new Promise((resolve) => setTimeout(resolve, 1));
    gc();
  }
  return text.deref() ? "kept" : "collected";
}

console.log(`alone: ${await stateOf(makeAlone())}`);
const text = makeInArray();
console.log(`in an array: ${await stateOf(text)}`);
arrays.length = 0;
console.log(`without the array: ${await stateOf(text)}`);
