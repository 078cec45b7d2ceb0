// A Worker that exercises a heap of its own and answers, through the port that
// comes with its order, with the calls it made.
import { arenaMemory, Heap, processMemory } from "../../mod.ts";
import { Contents } from "../support/contents.ts";
import { Random } from "../support/seed.ts";

interface Order {
  readonly kind: "process" | "arena";
  readonly seed: number;
}

const CALLS = 3000;

function exercise({ kind, seed }: Order): number {
  const random = new Random(seed);
  using heap = new Heap({
    memory: kind === "process" ? processMemory() : arenaMemory(),
  });
  const contents = new Contents(heap);
  for (let calls = 0; calls < CALLS; calls++) {
    const { addresses } = contents;
    const address = addresses[random.between(0, 99)];
    if (address === undefined) {
      contents.write(heap.malloc(random.between(1, 1500)));
    } else {
      contents.verify(address);
      heap.free(address);
      contents.forget(address);
    }
    if (calls % 50 === 0) JSON.parse(JSON.stringify(addresses));
  }
  contents.verifyAll();
  heap.check();
  for (const address of contents.addresses) heap.free(address);
  return CALLS;
}

self.addEventListener("message", (event) => {
  const { data, ports } = event as MessageEvent<Order>;
  ports[0]?.postMessage(exercise(data));
});
