// A Worker that exchanges allocations with the isolate that made it, and answers with
// how many blocks of its own heap are live in the end.
import { Heap } from "../../mod.ts";
import { Exchange, type Port } from "../support/exchange.ts";
import { Random } from "../support/seed.ts";

interface Order {
  readonly seed: number;
  readonly count: number;
}

const port = self as unknown as Port;

self.addEventListener("message", async (event) => {
  const { seed, count } = (event as MessageEvent<Order>).data;
  using heap = new Heap({ recordStacks: "none" });
  await new Exchange(heap, port, new Random(seed), count).run();
  await heap.transfersReturned();
  heap.check();
  port.postMessage(heap.stats().liveBlocks);
}, { once: true });
