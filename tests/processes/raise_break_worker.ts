// A Worker that raises the break for each block, marks them all, and answers
// with how many of them somebody else wrote to.
import { Heap, processMemory } from "../../mod.ts";

const BLOCKS = 10_000;

function raiseAndMark(mark: number): number {
  const heap = new Heap({ memory: processMemory(), preallocate: 0 });
  const views = Array.from(
    { length: BLOCKS },
    () => heap.bytes(heap.malloc(64)).fill(mark),
  );
  heap.check();
  return views.filter((view) => view.some((byte) => byte !== mark)).length;
}

self.addEventListener("message", (event) => {
  const { data, ports } = event as MessageEvent<number>;
  ports[0]?.postMessage(raiseAndMark(data));
});
