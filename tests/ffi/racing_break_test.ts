// Others raise the break while a heap is raising it: between its asking where
// the break is and its system call.
import { assertEquals } from "@std/assert";
import {
  type Address,
  arenaMemory,
  Heap,
  type HeapOptions,
  type Memory,
} from "../../mod.ts";
import { Contents } from "../support/contents.ts";
import { POLICIES } from "../support/policies.ts";

/** Somebody who moves the break between asking where it is and raising it. */
class Racing implements Memory {
  readonly pageSize: number;
  readonly #inner: Memory;
  readonly #bytes: number;
  /** How many more times to come in between. */
  races = 0;

  constructor(inner: Memory, bytes: number) {
    this.#inner = inner;
    this.#bytes = bytes;
    this.pageSize = inner.pageSize;
  }

  sbrk(increment: number): Address {
    if (increment !== 0 && this.races > 0) {
      this.races--;
      this.#inner.sbrk(this.#bytes);
    }
    return this.#inner.sbrk(increment);
  }

  mmap(length: number): Address {
    return this.#inner.mmap(length);
  }

  munmap(address: Address, length: number): void {
    this.#inner.munmap(address, length);
  }

  buffer(address: Address, length: number): ArrayBuffer {
    return this.#inner.buffer(address, length);
  }
}

/** Lets somebody raise the break by so many bytes in each growth of a heap. */
function growInRaces(bytes: number, options: HeapOptions): void {
  using arena = arenaMemory();
  const memory = new Racing(arena, bytes);
  using heap = new Heap({ ...options, memory, preallocate: 0 });
  const contents = new Contents(heap);
  const race = (call: () => Address) => {
    memory.races = 1;
    const address = call();
    assertEquals(memory.races, 0, "the call grew the heap");
    heap.check();
    return address;
  };
  const first = race(() => heap.malloc(40));
  contents.write(first);
  heap.free(heap.malloc(40));
  contents.write(race(() => heap.malloc(100)));
  const last = race(() => heap.malloc(200));
  contents.write(last);
  contents.moved(last, race(() => heap.realloc(last, 300)), 300);
  contents.verifyAll();
}

for (const bytes of [1, 8, 40, 4096]) {
  Deno.test(`a break that another thread raises by ${bytes} in the middle of a growth corrupts nothing`, () => {
    growInRaces(bytes, {});
  });

  Deno.test(`a break that another thread raises by ${bytes} corrupts nothing by any policy`, () => {
    for (const policy of POLICIES) growInRaces(bytes, policy);
  });
}
