// A Worker that binds a heap of its own with four hooks, tells the addresses of its
// functions, and does what it is told by the messages that follow.
import { Heap } from "../../mod.ts";
import { boundFunctions } from "../support/c_functions.ts";

const heap = new Heap();
const bindings = heap.bindToC();
const c = boundFunctions(bindings);
for (let hooks = 0; hooks < 4; hooks++) {
  bindings.hook({ parameters: [], result: "void" }, () => {});
}

const ORDERS: Readonly<Record<string, () => unknown>> = {
  close: () => self.close(),
  call: () => {
    const address = c.malloc(100);
    const held = heap.usableSize(address);
    c.free(address);
    return held;
  },
};

self.addEventListener("message", (event) => {
  const { data } = event as MessageEvent<string>;
  (self as unknown as Worker).postMessage(ORDERS[data]!());
});

(self as unknown as Worker).postMessage(
  Deno.UnsafePointer.value(bindings.malloc),
);
