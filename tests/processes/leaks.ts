// Makes the mistake that is named, for a test to read what is said of it. The first line
// that it prints is where its arena starts.
import { type Allocation, arenaMemory, Heap, os_malloc } from "../../mod.ts";
import { poke } from "../support/poke.ts";

declare const gc: () => void;

const memory = arenaMemory();
console.log(memory.start);

/** What lives when the program ends. */
const live: Allocation[] = [];

/** Lets finalizers run. */
async function collect(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) {
    gc();
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

function forget(heap: Heap): void {
  heap.allocate(64, { label: "frame" });
}

function keep(heap: Heap): number {
  return heap.malloc(10);
}

const MISTAKES: Readonly<Record<string, () => unknown>> = {
  async collected() {
    const heap = new Heap({ memory });
    forget(heap);
    await collect();
    console.log(heap.leaks().blocks);
  },
  async listened() {
    const heap = new Heap({
      memory,
      onLeak: ({ label, size }) => console.log(label, size),
    });
    forget(heap);
    await collect();
  },
  async failing() {
    const heap = new Heap({
      memory,
      onLeak() {
        throw "no";
      },
    });
    forget(heap);
    await collect();
    console.log(heap.leaks().blocks);
  },
  async disposed() {
    const heap = new Heap({ memory });
    heap.allocate(8)[Symbol.dispose]();
    await collect();
  },
  async heapDisposed() {
    const heap = new Heap({ memory });
    forget(heap);
    heap[Symbol.dispose]();
    await collect();
  },
  ended() {
    live.push(new Heap({ memory }).allocate(64, { label: "frame" }));
  },
  debugDisposed() {
    using heap = new Heap({ memory, debug: true });
    keep(heap);
    keep(heap);
    forget(heap);
  },
  debugClean() {
    using heap = new Heap({ memory, debug: true });
    heap.free(keep(heap));
  },
  debugEnded() {
    const heap = new Heap({ memory, debug: true });
    keep(heap);
  },
  debugExit() {
    const heap = new Heap({ memory, debug: true });
    keep(heap);
    Deno.exit(3);
  },
  debugDamaged() {
    const heap = new Heap({ memory, debug: true });
    const address = keep(heap);
    poke(address + 11, 0);
  },
  debugListened() {
    using heap = new Heap({
      memory,
      debug: true,
      onLeak: ({ size, calls }) => console.log(size, calls[0]),
    });
    keep(heap);
  },
  debugFailed() {
    keep(new Heap({ memory, debug: true }));
    throw new Error("its own");
  },
  debugGone() {
    keep(new Heap({ memory, debug: true }));
    memory[Symbol.dispose]();
  },
  defaultHeap() {
    os_malloc(10);
  },
  doubleFree() {
    using heap = new Heap({ memory, debug: true });
    const address = keep(heap);
    heap.free(address);
    report(() => heap.free(address));
  },
  writeAfterFree() {
    const heap = new Heap({ memory, debug: true });
    const address = keep(heap);
    heap.free(address);
    poke(address + 4, 1);
    report(() => heap[Symbol.dispose]());
  },
  overrun() {
    const heap = new Heap({ memory, debug: true });
    const buffer = heap.allocate(10, { label: "frame" });
    poke(buffer.address + 12, 0x41);
    report(() => buffer[Symbol.dispose]());
  },
};

function report(act: () => void): void {
  try {
    act();
  } catch (error) {
    const { name, code, message } = error as Error & { code: string };
    console.log(`${name} ${code}: ${message}`);
  }
}

await MISTAKES[Deno.args[0] ?? ""]!();
