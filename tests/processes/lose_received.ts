// Receives an allocation and forgets it. Run with --v8-flags=--expose-gc.
import { Heap, receiveAllocation } from "../../mod.ts";

const { gc } = globalThis as unknown as { gc: () => void };
const heap = new Heap();
const message = heap.transfer(heap.allocate(8, { label: "lost" }));

function lose(): void {
  receiveAllocation(message).bytes.fill(1);
}

lose();
for (let turn = 0; turn < 10; turn++) {
  gc();
  await new Promise((resolve) => setTimeout(resolve, 10));
}
heap.takeBack(message, { receiverEnded: true });
