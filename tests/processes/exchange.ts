// Four Workers and the main thread that hand allocations to each other, each from a heap
// of its own. Prints what is live in the heaps at the end.
//
//   deno run --allow-ffi --allow-read exchange.ts SEED COUNT
import { Heap } from "../../mod.ts";
import { Exchange } from "../support/exchange.ts";
import { Random } from "../support/seed.ts";

const WORKERS = [1, 2, 3, 4];
const [seed, count] = Deno.args.map(Number) as [number, number];

/** Exchanges allocations with a Worker, and asks it how many blocks stay live. */
async function exchangeWith(worker: Worker, number: number): Promise<number> {
  const exchange = new Exchange(heap, worker, new Random(seed), count);
  const live = new Promise<number>((resolve) =>
    worker.addEventListener("message", ({ data }) => {
      if (typeof data === "number") resolve(data);
    })
  );
  worker.postMessage({ seed: seed + number, count });
  await exchange.run();
  return await live;
}

using heap = new Heap({ recordStacks: "none" });
const workers = WORKERS.map(() => {
  const url = new URL("./exchange_worker.ts", import.meta.url);
  return new Worker(url, { type: "module" });
});
const live = await Promise.all(workers.map(exchangeWith));
await heap.transfersReturned();
heap.check();
console.log(JSON.stringify([...live, heap.stats().liveBlocks]));
for (const worker of workers) worker.terminate();
