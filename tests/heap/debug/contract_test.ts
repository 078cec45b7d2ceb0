// A debug heap keeps to the contract, but for addresses and system calls.
import { assert, assertEquals, assertThrows } from "@std/assert";
import {
  type Address,
  type Allocation,
  arenaMemory,
  Heap,
  type HeapOptions,
  InvalidPointerError,
  OutOfMemoryError,
  SystemCallError,
} from "../../../mod.ts";
import { Contents } from "../../support/contents.ts";
import { Model } from "../../../model/model.ts";
import { Patient } from "../../support/patient.ts";
import { areZeros } from "../../support/patterns.ts";
import { WORKLOAD } from "../../support/workload.ts";
import {
  nameOf,
  POLICIES,
  type PolicyOptions,
} from "../../support/policies.ts";
import {
  fromThenOn,
  never,
  once,
  type Refusal,
  RefusingMemory,
} from "../../support/refusing_memory.ts";
import { type Random, seededRandom } from "../../support/seed.ts";
import { sweep } from "../../support/sweep.ts";
import { callsOf } from "../../support/thoroughness.ts";

const CALLS = callsOf(1500);

/** A debug heap and the model making the same calls; they agree but for places. */
class Pair implements Disposable {
  readonly heap: Heap;
  readonly contents: Contents;
  readonly #model: Model;
  /** Where the model has the block that the heap has here. */
  readonly #places = new Map<Address, number>();
  readonly #sizes = new Map<Address, number>();

  constructor(policy: PolicyOptions) {
    const options = { ...policy, mmapThreshold: 2000, callocThreshold: 600 };
    this.heap = new Heap({ ...options, debug: true });
    this.contents = new Contents(this.heap);
    this.#model = new Model(options);
  }

  /** The live blocks. */
  get live(): Address[] {
    return [...this.#places.keys()];
  }

  malloc(size: number): void {
    this.#keep(this.heap.malloc(size), this.#model.malloc(size), size);
  }

  calloc(nmemb: number, size: number): void {
    const address = this.heap.calloc(nmemb, size);
    if (address !== 0) {
      assert(areZeros(this.heap.bytes(address)));
    }
    this.#keep(address, this.#model.calloc(nmemb, size), nmemb * size);
  }

  realloc(address: Address, size: number): void {
    const moved = this.heap.realloc(address, size);
    const place = this.#model.realloc(this.#places.get(address)!, size);
    if (moved !== 0) this.contents.moved(address, moved, size);
    else this.contents.forget(address);
    this.#drop(address);
    this.#keep(moved, place, size);
  }

  free(address: Address): void {
    this.contents.verify(address);
    this.heap.free(address);
    this.#model.free(this.#places.get(address)!);
    this.contents.forget(address);
    this.#drop(address);
  }

  /** Compares all blocks, sizes as they were asked for. */
  compare(): void {
    this.heap.check();
    this.contents.verifyAll();
    const { heap } = this;
    const expected = this.#model.blocks().filter(({ status }) =>
      status !== "free"
    );
    const { liveBlocks, mappedBlocks } = heap.stats();
    assertEquals(liveBlocks, expected.length);
    assertEquals(
      mappedBlocks,
      expected.filter(({ status }) => status === "mapped").length,
    );
    for (const [address, size] of this.#sizes) {
      assertEquals(heap.usableSize(address), size);
    }
  }

  [Symbol.dispose](): void {
    this.heap[Symbol.dispose]();
  }

  #keep(address: Address, place: number, size: number): void {
    assertEquals(address === 0, place === 0, "NULL where the model has NULL");
    if (address === 0) return;
    this.#places.set(address, place);
    this.#sizes.set(address, size);
    this.contents.write(address);
  }

  #drop(address: Address): void {
    this.#places.delete(address);
    this.#sizes.delete(address);
  }
}

function randomCall(pair: Pair, random: Random): void {
  const { live } = pair;
  const address = live[random.between(0, 60)];
  const size = random.between(0, random.oneOf([30, 300, 3000]));
  if (address === undefined) {
    if (random.oneIn(3)) pair.calloc(random.between(0, 8), size);
    else pair.malloc(size);
  } else if (random.oneIn(2)) pair.realloc(address, size);
  else pair.free(address);
}

for (const policy of POLICIES) {
  Deno.test(`random calls give in a debug heap what they give in the model: ${nameOf(policy)}`, () => {
    const random = seededRandom();
    using pair = new Pair(policy);
    for (let calls = 1; calls <= CALLS; calls++) {
      randomCall(pair, random);
      if (calls % 50 === 0) pair.compare();
    }
    for (const address of pair.live) pair.free(address);
    pair.compare();
  });
}

/** Both kinds of heap: what must be the same is tested in each. */
for (const debug of [false, true]) {
  const kind = debug ? "a debug heap" : "any heap";

  Deno.test(`${kind} gives NULL for nothing, and takes NULL`, () => {
    using heap = new Heap({ debug });
    assertEquals([heap.malloc(0), heap.calloc(0, 5), heap.calloc(5, 0)], [
      0,
      0,
      0,
    ]);
    heap.free(0);
    assertEquals(heap.realloc(0, 0), 0);
    const address = heap.realloc(0, 10);
    assertEquals(heap.realloc(address, 0), 0);
    assertEquals(heap.stats().liveBlocks, 0);
    assertEquals(heap.realloc(address, 10), 0, "it lies in free memory");
  });

  Deno.test(`${kind} refuses sizes that are none, and changes nothing`, () => {
    using heap = new Heap({ debug });
    const address = heap.malloc(10);
    const before = [...heap.blocks()];
    for (const size of [-1, 0.5, NaN, Infinity, 2 ** 53]) {
      assertThrows(() => heap.malloc(size), RangeError);
      assertThrows(() => heap.calloc(size, 1), RangeError);
      assertThrows(() => heap.calloc(1, size), RangeError);
      assertThrows(() => heap.realloc(address, size), RangeError);
      assertThrows(() => heap.allocate(size), RangeError);
    }
    for (const size of [2 ** 53 - 1, 2 ** 50]) {
      assertThrows(() => heap.malloc(size), OutOfMemoryError);
      assertThrows(() => heap.calloc(size, 2), OutOfMemoryError);
      assertThrows(() => heap.realloc(address, size), OutOfMemoryError);
      assertThrows(() => heap.allocate(size), OutOfMemoryError);
    }
    assertEquals([...heap.blocks()], before);
    heap.free(address);
  });

  Deno.test(`${kind} refuses wrong pointers for the same reasons`, () => {
    using heap = new Heap({ debug });
    using other = new Heap({ debug });
    const [address, foreign] = [heap.malloc(100), other.malloc(100)];
    using held = heap.allocate(10);
    const freed = heap.malloc(10);
    heap.free(freed);
    const wrong: [Address, InvalidPointerError["code"]][] = [
      [4096, "never-allocated"],
      [address + 1, "unaligned"],
      [address + 8, "inside-block"],
      [address - 32, "inside-block"],
      [foreign, "foreign-pointer"],
      [held.address, "owned"],
      [freed, "double-free"],
    ];
    for (const [pointer, code] of wrong) {
      const error = assertThrows(() => heap.free(pointer), InvalidPointerError);
      assertEquals(error.code, code);
    }
    heap.check();
    heap.free(address);
    other.free(foreign);
  });
}

/** Says how many system calls were refused. */
function run(options: HeapOptions, refuses: Refusal): number {
  using patient = new Patient({ ...options, debug: true }, refuses);
  for (const step of WORKLOAD) patient.attempt(step);
  const { refused } = patient.memory;
  patient.release();
  return refused;
}

for (const refusal of [once, fromThenOn]) {
  for (
    const [name, options] of Object.entries({
      "the course's numbers": {},
      "no preallocation": { preallocate: 0 },
      "nothing mapped": { mmapThreshold: Infinity, callocThreshold: Infinity },
    })
  ) {
    Deno.test(`a debug heap stands a system call refused ${refusal.name}, whichever it is: ${name}`, () => {
      sweep((refuses) => run(options, refuses), refusal, 4);
    });
  }
}

Deno.test("when memory is refused, a debug heap uses its quarantine", () => {
  using memory = arenaMemory({ reserve: 1 << 20 });
  using heap = new Heap({ memory, debug: true });
  for (let count = 0; count < 100; count++) heap.free(heap.malloc(100_000));
  heap.check();
  const most = heap.malloc(100_000);
  assertThrows(
    () => Array.from({ length: 20 }, () => heap.malloc(100_000)),
    OutOfMemoryError,
  );
  heap.check();
  heap.free(most);
  for (const { address } of heap.leaks().leaks) heap.free(address);
});

Deno.test("an allocation that cannot be resized is unchanged, in a debug heap too", () => {
  using memory = arenaMemory({ reserve: 1 << 20 });
  using heap = new Heap({ memory, debug: true });
  using buffer = heap.allocate(100, { align: 64 });
  buffer.bytes.fill(7);
  assertThrows(() => buffer.resize(2 ** 40), OutOfMemoryError);
  assertEquals(buffer.bytes.length, 100);
  assert(buffer.bytes.every((byte) => byte === 7));
  heap.check();
});

Deno.test("a debug heap whose mapping is not taken back goes on with what it has", () => {
  using inner = arenaMemory();
  const memory = new RefusingMemory(inner);
  const heap = new Heap({ memory, debug: true, onLeak: () => {} });
  const address = heap.malloc(100);
  for (let count = 0; count < 3; count++) heap.malloc(200_000);
  memory.refuses = once(memory.asked + 2);
  assertThrows(() => heap[Symbol.dispose](), SystemCallError);
  heap.check();
  assertEquals(heap.leaks().leaks.map(({ size }) => size), [
    100,
    200_000,
    200_000,
  ]);
  heap.free(address);
  heap[Symbol.dispose]();
  assertEquals(memory.mappedBytes, 0);
});

/** Allocates, resizes and disposes; says how many system calls were refused. */
function holdSome(refuses: Refusal): number {
  using inner = arenaMemory({ reserve: 1 << 24 });
  const memory = new RefusingMemory(inner, refuses);
  using heap = new Heap({ memory, debug: true });
  const held: Allocation[] = [];
  for (const size of [10, 200_000, 3000]) {
    attempt(() => held.push(heap.allocate(size, { align: 16, zero: true })));
  }
  for (const allocation of held) {
    for (const size of [300_000, 20, 250_000]) {
      const before = [allocation.address, allocation.size];
      const isDone = attempt(() => allocation.resize(size));
      const after = [allocation.address, allocation.size];
      if (isDone) assertEquals(after[1], size);
      else assertEquals(after, before);
      assert(areZeros(allocation.bytes));
      heap.check();
    }
  }
  for (const allocation of held) {
    const isDone = attempt(() => allocation[Symbol.dispose]());
    assertEquals(allocation.isDisposed, isDone);
  }
  const { refused } = memory;
  memory.refuses = never;
  for (const allocation of held) allocation[Symbol.dispose]();
  heap.check();
  assertEquals([heap.leaks().blocks, heap.stats().liveBlocks], [0, 0]);
  return refused;
}

/** Whether it was done, and not refused. */
function attempt(act: () => void): boolean {
  try {
    act();
    return true;
  } catch (error) {
    const isRefusal = error instanceof OutOfMemoryError ||
      error instanceof SystemCallError;
    assert(isRefusal, String(error));
    return false;
  }
}

for (const refusal of [once, fromThenOn]) {
  Deno.test(`allocations of a debug heap stand a system call refused ${refusal.name}, whichever it is`, () => {
    sweep(holdSome, refusal, 8);
  });
}
