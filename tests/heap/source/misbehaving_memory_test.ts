// Memories that answer what no system would, or call back into the heap.
import { assertEquals, assertThrows } from "@std/assert";
import {
  arenaMemory,
  Heap,
  type Memory,
  SystemCallError,
} from "../../../mod.ts";
import { nameOf, POLICIES } from "../../support/policies.ts";
import { wrapMemory } from "../../support/wrap_memory.ts";

for (const answer of [undefined, NaN, 1.5, -1, 0, Infinity, "4096"]) {
  Deno.test(`a break at ${answer} is refused, and the heap goes on`, () => {
    using arena = arenaMemory();
    let isBroken = true;
    const sbrk = (increment: number) =>
      isBroken ? answer as number : arena.sbrk(increment);
    using heap = new Heap({ memory: wrapMemory(arena, { sbrk }) });
    assertThrows(
      () => heap.malloc(5),
      TypeError,
      `answered sbrk with ${answer}`,
    );
    isBroken = false;
    heap.check();
    heap.free(heap.malloc(5));
    heap.check();
  });

  Deno.test(`a mapping at ${answer} is refused, and the heap goes on`, () => {
    using arena = arenaMemory();
    const mmap = () => answer as number;
    using heap = new Heap({ memory: wrapMemory(arena, { mmap }) });
    assertThrows(
      () => heap.malloc(200_000),
      TypeError,
      `answered mmap with ${answer}`,
    );
    heap.check();
    assertEquals(heap.stats().mappedBlocks, 0);
  });
}

Deno.test("a window that is too short is refused", () => {
  using arena = arenaMemory();
  const buffer = (address: number) => arena.buffer(address, 4096);
  using heap = new Heap({ memory: wrapMemory(arena, { buffer }) });
  assertThrows(() => heap.malloc(100), TypeError, "a window of 4096 bytes");
  heap.check();
});

Deno.test("a break lowered just before the first move starts the heap there", () => {
  using arena = arenaMemory();
  arena.sbrk(1 << 20);
  let isFirst = true;
  const sbrk = (increment: number) => {
    if (increment !== 0 && isFirst) {
      isFirst = false;
      arena.sbrk(-65536);
    }
    return arena.sbrk(increment);
  };
  using heap = new Heap({ memory: wrapMemory(arena, { sbrk }) });
  const address = heap.malloc(100);
  assertEquals(address, arena.start + (1 << 20) - 65536 + 32);
  assertEquals(heap.usableSize(address), 104);
  heap.check();
});

for (const call of ["sbrk", "mmap", "munmap"] as const) {
  Deno.test(`a heap can be looked at, but not made to grow, from inside ${call}`, () => {
    using arena = arenaMemory();
    let looks = 0;
    const memory = looking(arena, call, () => {
      looks++;
      heap.stats();
      for (const grow of growths(heap)) {
        assertThrows(grow, TypeError, "from inside a call of its own memory");
      }
    });
    using heap = new Heap({ memory });
    const small = heap.malloc(100_000);
    heap.free(heap.malloc(200_000));
    heap.free(small);
    heap.check();
    assertEquals(looks > 0, true);
  });
}

for (const policy of POLICIES) {
  Deno.test(`a block freed by the memory that it grows into leaves the heap whole: ${nameOf(policy)}`, () => {
    using arena = arenaMemory();
    let victim = 0;
    const sbrk = (increment: number) => {
      if (increment !== 0 && victim !== 0) {
        heap.free(victim);
        victim = 0;
      }
      return arena.sbrk(increment);
    };
    const memory = wrapMemory(arena, { sbrk });
    using heap = new Heap({ ...policy, memory, preallocate: 0 });
    const address = heap.malloc(100);
    victim = address;
    heap.realloc(address, 1000);
    heap.check();
    const statuses = [...heap.blocks()].map(({ status }) => status);
    assertEquals(statuses, ["free"]);
  });
}

function looking(
  inner: Memory,
  call: "sbrk" | "mmap" | "munmap",
  look: () => void,
): Memory {
  return wrapMemory(inner, {
    [call]: (...args: [number, number]) => {
      look();
      return inner[call](...args);
    },
  });
}

function growths(heap: Heap): (() => unknown)[] {
  return [
    () => heap.malloc(100_000),
    () => heap.malloc(200_000),
    () => heap.calloc(2, 4096),
    () => heap.realloc(0, 130_000),
  ];
}

Deno.test("a heap whose arena was disposed says so, and can be disposed", () => {
  const arena = arenaMemory();
  const heap = new Heap({ memory: arena });
  const address = heap.malloc(100);
  heap.malloc(200_000);
  arena[Symbol.dispose]();
  for (
    const use of [
      () => heap.malloc(8),
      () => heap.calloc(8, 8),
      () => heap.realloc(address, 8),
      () => heap.bytes(address),
      () => heap.usableSize(address),
      () => heap.check(),
      () => heap.stats(),
      () => heap.blocks(),
    ]
  ) {
    assertThrows(use, TypeError, "its memory was given back");
  }
  heap[Symbol.dispose]();
});

Deno.test("an arena refuses what is not a whole number of bytes", () => {
  using arena = arenaMemory();
  const before = arena.sbrk(0);
  for (const value of [NaN, 0.5, Infinity, 2 ** 60]) {
    assertThrows(() => arena.sbrk(value), RangeError, String(value));
    assertThrows(
      () => arena.buffer(arena.start, value),
      RangeError,
      String(value),
    );
    assertThrows(() => arena.buffer(value, 8), RangeError, String(value));
  }
  assertThrows(() => arena.mmap(1.5), RangeError, "1.5");
  assertThrows(() => arena.mmap(2 ** 60), SystemCallError, "ENOMEM");
  assertEquals(arena.sbrk(0), before);
});

Deno.test("a heap with a wrong option reserves nothing", () => {
  // So many arenas would fill the address space.
  for (let heap = 0; heap < 40_000; heap++) {
    assertThrows(
      () => new Heap({ preallocate: 3 }),
      RangeError,
      "preallocate 3",
    );
  }
  using heap = new Heap();
  heap.check();
});

Deno.test("a mapping that could not be given back is given back with the heap", () => {
  using arena = arenaMemory();
  let refused = 0;
  const live = new Set<number>();
  const memory = wrapMemory(arena, {
    mmap: (length) => {
      const address = arena.mmap(length);
      live.add(address);
      return address;
    },
    munmap: (address, length) => {
      if (refused++ < 2) {
        throw new SystemCallError("munmap", 12, [address, length]);
      }
      arena.munmap(address, length);
      live.delete(address);
    },
  });
  const heap = new Heap({ memory });
  const address = heap.malloc(200_000);
  assertThrows(() => heap.realloc(address, 300_000), SystemCallError);
  heap.check();
  assertEquals([live.size, heap.stats().mappedBlocks], [2, 1]);
  heap[Symbol.dispose]();
  assertEquals(live.size, 0);
});

for (
  const [from, size] of [["heap block", 1000], ["mapping", 200_000]] as const
) {
  for (
    const [to, newSize] of [["mapping", 300_000], [
      "heap block",
      120_000,
    ]] as const
  ) {
    Deno.test(`a ${from} cannot be freed by the memory while it moves to a ${to}`, () => {
      using arena = arenaMemory();
      let moving = 0;
      let refusals = 0;
      const tryToFree = () => {
        if (moving === 0) return;
        assertThrows(() => heap.free(moving), Error);
        refusals++;
      };
      const memory = wrapMemory(arena, {
        sbrk: (increment) => {
          if (increment !== 0) tryToFree();
          return arena.sbrk(increment);
        },
        mmap: (length) => {
          tryToFree();
          return arena.mmap(length);
        },
      });
      using heap = new Heap({ memory, preallocate: 0 });
      const address = heap.malloc(size);
      heap.malloc(8); // in the way of the block
      heap.bytes(address).fill(7);
      moving = address;
      const moved = heap.realloc(address, newSize);
      moving = 0;
      const kept = heap.bytes(moved, Math.min(size, newSize));
      assertEquals(kept.every((byte) => byte === 7), true);
      assertEquals(refusals, 1);
      assertEquals(heap.stats().liveBlocks, 2);
      heap.check();
    });
  }
}
