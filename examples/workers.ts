/**
 * A frame that a Worker works on where it lies: the main thread hands the allocation
 * over, the Worker draws into it and gives it back, and the main thread's heap frees it.
 * Nothing is copied, and neither side can touch what the other one holds.
 *
 * ```sh
 * deno run --allow-ffi --allow-read examples/workers.ts
 * ```
 *
 * It prints:
 *
 * ```text
 * main thread: 1 block is live, and the Worker has it
 * Worker: drew into frame, 64 bytes, the first was 7
 * main thread: 0 blocks are live
 * ```
 *
 * @module
 */
import { type AllocationMessage, Heap, receiveAllocation } from "@osmem/osmem";

if (isWorker()) {
  addEventListener("message", (event) => {
    const { data } = event as MessageEvent<AllocationMessage>;
    using frame = receiveAllocation(data);
    const [first] = frame.bytes;
    frame.bytes.fill(255);
    console.log(
      `Worker: drew into ${frame.label}, ${frame.size} bytes, the first was ${first}`,
    );
  });
} else {
  await handOver();
}

async function handOver(): Promise<void> {
  using heap = new Heap();
  const worker = new Worker(import.meta.url, { type: "module" });

  const frame = heap.allocate(64, { label: "frame" });
  frame.bytes.fill(7);
  worker.postMessage(heap.transfer(frame)); // from here on the frame is the Worker's
  const { liveBlocks } = heap.stats();
  console.log(
    `main thread: ${liveBlocks} block is live, and the Worker has it`,
  );

  await heap.transfersReturned();
  console.log(`main thread: ${heap.stats().liveBlocks} blocks are live`);
  worker.terminate();
}

/** Whether this runs in the Worker: the same file is both programs. */
function isWorker(): boolean {
  return "DedicatedWorkerGlobalScope" in globalThis;
}
