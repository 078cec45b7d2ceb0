// A Worker that does what it is told, with allocations that it receives and with the os_*
// functions of its own, and answers each order with what came of it.
import {
  type Allocation,
  type AllocationMessage,
  Heap,
  InvalidPointerError,
  os_free,
  os_heap,
  os_malloc,
  os_use,
  processMemory,
  receiveAllocation,
  UsageError,
} from "../../mod.ts";
import { Contents } from "../support/contents.ts";
import { Random } from "../support/seed.ts";

const CALLS = 10_000;

const kept: Allocation[] = [];
const heap = new Heap();

const ORDERS: Readonly<Record<string, (given: unknown) => unknown>> = {
  keep(message) {
    kept.push(receiveAllocation(message as AllocationMessage));
    return kept.map(({ bytes }) => bytes[0]);
  },
  /** Transfers an allocation that is filled with this. */
  send(mark) {
    const allocation = heap.allocate(64, { label: "sent" });
    allocation.bytes.fill(mark as number);
    return heap.transfer(allocation);
  },
  disposeOfAll() {
    for (const allocation of kept.splice(0)) allocation[Symbol.dispose]();
  },
  close() {
    setTimeout(() => self.close());
  },
  allocate: (size) => heap.malloc(size as number),
  free(address) {
    heap.free(address as number);
    return "freed";
  },
  /** Whether an `os_malloc` lies below the program break, and what is live then. */
  osMalloc() {
    const pointer = os_malloc(100);
    const address = heap.address(pointer);
    os_free(pointer);
    return {
      isBelowBreak: address < processMemory().sbrk(0),
      liveBlocks: os_heap().stats().liveBlocks,
    };
  },
  /** Allocates by `os_malloc`, and tells the address. */
  osAllocate: (size) => heap.address(os_malloc(size as number)),
  /** Random calls on the heap of the `os_*` functions. Answers how many it made. */
  exerciseOs(seed) {
    const contents = new Contents(os_heap());
    const random = new Random(seed as number);
    for (let calls = 0; calls < CALLS; calls++) {
      const address = contents.addresses[random.between(0, 199)];
      if (address === undefined) {
        contents.write(heap.address(os_malloc(random.between(1, 3000))));
      } else {
        contents.verify(address);
        os_free(heap.pointer(address));
        contents.forget(address);
      }
    }
    contents.verifyAll();
    os_heap().check();
    return CALLS;
  },
  useBreak: () => os_use(new Heap({ memory: processMemory() })),
};

/** What came of an order, or why it was refused. */
function answerTo(order: string, given: unknown): unknown {
  try {
    return ORDERS[order]!(given);
  } catch (error) {
    const isRefusal = error instanceof InvalidPointerError ||
      error instanceof UsageError;
    if (!isRefusal) throw error;
    return { code: error.code, message: error.message };
  }
}

self.addEventListener("message", (event) => {
  const { data, ports } = event as MessageEvent<
    [order: string, given: unknown]
  >;
  ports[0]!.postMessage(answerTo(...data));
});
