// Aligned allocations among the blocks of malloc, under every policy.
import {
  assert,
  assertEquals,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import {
  type Allocation,
  arenaMemory,
  ArgumentError,
  Heap,
  type HeapOptions,
} from "../../../mod.ts";
import { Contents } from "../../support/contents.ts";
import { HeldContents } from "../../support/held_contents.ts";
import { nameOf, POLICIES } from "../../support/policies.ts";
import { type Random, seededTests } from "../../support/seed.ts";
import { IS_THOROUGH } from "../../support/thoroughness.ts";

const CALLS = IS_THOROUGH ? 500 : 125;

/** A heap, the blocks that malloc gave, and the allocations. */
class MixedHeap implements Disposable {
  readonly heap: Heap;
  readonly #random: Random;
  readonly #listed: Contents;
  readonly #held = new HeldContents();
  readonly #alignments = new Map<Allocation, number>();

  constructor(options: HeapOptions, random: Random) {
    this.heap = new Heap(options);
    this.#random = random;
    this.#listed = new Contents(this.heap);
  }

  /** Makes any call, and sees to it that it did what it says. */
  call(): void {
    const random = this.#random;
    const kind = random.between(0, 9);
    if (kind < 2) this.#listed.write(this.heap.malloc(this.#anySize()));
    else if (kind < 4) this.#free();
    else if (kind === 4) this.#realloc();
    else if (kind < 7) this.#allocate();
    else if (kind < 8) this.#resize();
    else this.#dispose();
    this.heap.check();
  }

  verify(): void {
    this.#listed.verifyAll();
    this.#held.verifyAll();
    const live = this.#listed.addresses.length + this.#held.allocations.length;
    assertEquals(this.heap.stats().liveBlocks, live);
  }

  [Symbol.dispose](): void {
    this.heap[Symbol.dispose]();
  }

  #allocate(): void {
    const align = 2 ** this.#random.between(0, 12);
    const zero = this.#random.oneIn(3);
    const size = this.#anySize();
    const allocation = this.heap.allocate(size, { align, zero });
    assertEquals([allocation.address % align, allocation.bytes.length], [
      0,
      size,
    ]);
    if (zero) assert(allocation.bytes.every((byte) => byte === 0));
    this.#alignments.set(allocation, align);
    this.#held.write(allocation);
  }

  #resize(): void {
    const allocation = this.#anyHeld();
    if (!allocation) return;
    const before = allocation.size;
    const size = this.#anySize();
    allocation.resize(size);
    const align = this.#alignments.get(allocation)!;
    assertEquals([allocation.address % align, allocation.size], [0, size]);
    this.#held.verify(allocation, Math.min(before, size));
    this.#held.write(allocation);
  }

  #dispose(): void {
    const allocation = this.#anyHeld();
    if (!allocation) return;
    this.#held.verify(allocation);
    allocation[Symbol.dispose]();
    this.#held.forgetEnded();
  }

  #free(): void {
    const address = this.#anyListed();
    if (address === undefined) return;
    this.#listed.verify(address);
    this.heap.free(address);
    this.#listed.forget(address);
  }

  #realloc(): void {
    const address = this.#anyListed();
    if (address === undefined) return;
    const size = this.#anySize() + 1;
    this.#listed.moved(address, this.heap.realloc(address, size), size);
  }

  #anyListed(): number | undefined {
    const { addresses } = this.#listed;
    return addresses[this.#random.between(0, addresses.length)];
  }

  #anyHeld(): Allocation | undefined {
    const { allocations } = this.#held;
    return allocations[this.#random.between(0, allocations.length)];
  }

  #anySize(): number {
    const random = this.#random;
    return random.between(
      1,
      2 ** random.between(1, random.oneIn(20) ? 18 : 11),
    );
  }
}

const test = seededTests("aligned allocations among others");

for (const policy of POLICIES) {
  test(`aligned allocations among others keep their content, and the heap is whole after each call: ${nameOf(policy)}`, (random) => {
    using mixed = new MixedHeap({ ...policy, recordStacks: "none" }, random);
    for (let call = 0; call < CALLS; call++) {
      mixed.call();
      if (call % 20 === 0) mixed.verify();
    }
    mixed.verify();
  });
}

/**
 * The policies under which what was freed leaves no trace, as long as the break need
 * not be raised. Next fit searches on from where it was, what is never merged stays in
 * pieces, and without splitting a block takes all that there is.
 */
const FORGETFUL = POLICIES.filter(({ fit, split, coalesce }) =>
  fit !== "next" && split && coalesce !== "never"
);

/** Allocates as is aligned, resizes, and disposes of it all. */
function visit(heap: Heap, random: Random): void {
  const guests = Array.from(
    { length: random.between(1, 12) },
    () =>
      heap.allocate(random.between(1, 700), {
        align: 2 ** random.between(3, 12),
      }),
  );
  for (const guest of guests) {
    if (random.oneIn(3)) guest.resize(random.between(1, 900));
  }
  while (guests.length > 0) {
    const [guest] = guests.splice(random.between(0, guests.length - 1), 1);
    guest![Symbol.dispose]();
  }
}

for (const policy of FORGETFUL) {
  test(`once all aligned allocations are disposed of, malloc gives what it gives without them: ${nameOf(policy)}`, (random) => {
    using arena = arenaMemory();
    using untouched = arenaMemory();
    const options = {
      ...policy,
      recordStacks: "none" as const,
      preallocate: 2 ** 22,
    };
    using visited = new Heap({ ...options, memory: arena });
    using other = new Heap({ ...options, memory: untouched });
    const live: number[] = [];
    for (let call = 0; call < CALLS; call++) {
      if (random.oneIn(5)) visit(visited, random);
      const offset = live.length > random.between(0, 30)
        ? live.splice(random.between(0, live.length - 1), 1)[0]!
        : undefined;
      if (offset === undefined) {
        const size = random.between(1, 1000);
        const place = visited.malloc(size) - arena.start;
        assertEquals(place, other.malloc(size) - untouched.start);
        live.push(place);
      } else {
        visited.free(arena.start + offset);
        other.free(untouched.start + offset);
      }
    }
    visited.check();
  });
}

Deno.test("an aligned allocation that raised the break leaves the heap larger, so a search may take another block", () => {
  using arena = arenaMemory();
  using heap = new Heap({ memory: arena, preallocate: 0 });
  const kept = [150, 8, 90].map((size) => heap.malloc(size));
  heap.free(kept[0]!);
  heap.free(kept[2]!); // the last: 90 bytes fit it best
  const { footprintBytes } = heap.stats();
  heap.allocate(600, { align: 4096 })[Symbol.dispose]();
  assert(heap.stats().footprintBytes > footprintBytes);
  assertEquals(heap.malloc(90), kept[0]); // now the last is larger
});

for (const align of [0, 3, -8, 8192, 0.5, NaN, Infinity, 2 ** 32 + 1]) {
  Deno.test(`an alignment of ${align} is refused`, () => {
    using heap = new Heap();
    const error = assertThrows(
      () => heap.allocate(8, { align }),
      ArgumentError,
    );
    assertEquals(error.code, "invalid-argument");
    assertStringIncludes(
      error.message,
      `to ${align} bytes: expected a power of two from 1 to 4096`,
    );
    assertEquals(heap.stats().liveBlocks, 0);
  });
}

for (const align of [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096]) {
  Deno.test(`an allocation can be aligned to ${align} bytes, small or large, and stays so`, () => {
    using heap = new Heap();
    using scope = heap.scope();
    for (const size of [0, 1, 8, 63, 4096, 131_000, 131_072, 500_000]) {
      heap.malloc(40);
      const allocation = scope.allocate(size, { align });
      assertEquals(allocation.address % align, 0);
      for (const other of [1, 200_000, 3000]) {
        allocation.resize(other);
        assertEquals(allocation.address % align, 0);
      }
    }
    heap.check();
  });
}
