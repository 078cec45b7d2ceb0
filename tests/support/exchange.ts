import {
  type Allocation,
  type AllocationMessage,
  type Heap,
  receiveAllocation,
} from "../../mod.ts";
import type { Random } from "./seed.ts";

/** One end of what two isolates speak through: a Worker, or the Worker's own scope. */
export interface Port {
  postMessage(message: unknown): void;
  addEventListener(
    type: "message",
    listener: (event: MessageEvent) => void,
  ): void;
}

/** How many received allocations are kept before one of them is disposed of. */
const MOST_KEPT = 64;

/** How many are sent before the others get a turn. */
const BURST = 100;

/**
 * Sends allocations to another isolate, and receives as many of its own from there. Each
 * has contents that its label tells; the received ones are verified and disposed of in
 * random order.
 */
export class Exchange {
  readonly #heap: Heap;
  readonly #port: Port;
  readonly #random: Random;
  readonly #kept: Allocation[] = [];
  readonly #allReceived = Promise.withResolvers<void>();
  #received = 0;
  #count: number;

  constructor(heap: Heap, port: Port, random: Random, count: number) {
    this.#heap = heap;
    this.#port = port;
    this.#random = random;
    this.#count = count;
    port.addEventListener("message", ({ data }) => {
      if (data.osmem === "allocation") this.#receive(data);
    });
  }

  /** Sends all, until all that the other side sends were received. */
  async run(): Promise<void> {
    for (let sent = 0; sent < this.#count; sent++) {
      this.#send(sent);
      if (sent % BURST === 0) await new Promise((go) => setTimeout(go));
    }
    await this.#allReceived.promise;
  }

  #send(number: number): void {
    const mark = this.#random.between(0, 255);
    const isLarge = this.#random.oneIn(500); // a mapping of its own
    const size = isLarge ? 150_000 : this.#random.between(0, 1000);
    const label = `${number}:${mark}`;
    const allocation = this.#heap.allocate(size, { label });
    allocation.bytes.fill(mark);
    this.#port.postMessage(this.#heap.transfer(allocation));
  }

  #receive(message: AllocationMessage): void {
    const allocation = receiveAllocation(message);
    verify(allocation, this.#received++);
    this.#kept.push(allocation);
    if (this.#kept.length > MOST_KEPT) this.#disposeOfOne();
    if (this.#received < this.#count) return;
    while (this.#kept.length > 0) this.#disposeOfOne();
    this.#allReceived.resolve();
  }

  #disposeOfOne(): void {
    const index = this.#random.between(0, this.#kept.length - 1);
    const [allocation] = this.#kept.splice(index, 1);
    verify(allocation!);
    allocation![Symbol.dispose]();
  }
}

/** Checks every byte, and where it is told the number in the order of sending. */
function verify({ label, bytes }: Allocation, expected?: number): void {
  const [number, mark] = label!.split(":").map(Number);
  if (expected !== undefined && number !== expected) {
    throw new Error(`Number ${number} came where ${expected} was expected`);
  }
  for (let at = 0; at < bytes.length; at++) {
    if (bytes[at] === mark) continue;
    throw new Error(`Number ${number} lost its contents at ${at}`);
  }
}
