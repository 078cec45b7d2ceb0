// Uses what has ended, in the way that is named; the error is not caught.
import { type Allocation, Heap } from "../../mod.ts";

const [end = "", ...options] = Deno.args;
const heap = new Heap({
  recordStacks: options.includes("stacks") ? "all" : "none",
  debug: options.includes("debug"),
});
const scope = heap.scope({ label: "request" });

function make(): Allocation {
  return scope.allocate(64, { label: "frame" });
}

const ENDS: Readonly<Record<string, (frame: Allocation) => void>> = {
  "dispose": (frame) => frame[Symbol.dispose](),
  "scope": () => scope[Symbol.dispose](),
  "reset": () => heap.reset(),
  "heap": () => heap[Symbol.dispose](),
};

function finish(frame: Allocation): void {
  ENDS[end]!(frame);
}

const frame = make();
const { bytes, view } = frame;
finish(frame);
bytes[0] = 1; // goes nowhere
console.log(`length ${bytes.length}, first byte ${bytes[0]}`);
try {
  view.getUint8(0);
} catch (error) {
  console.log((error as Error).name);
}
console.log(frame.bytes);
