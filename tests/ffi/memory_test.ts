// The two memories that make real system calls.
import {
  assert,
  assertEquals,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import {
  arenaMemory,
  Heap,
  type Memory,
  processMemory,
  SystemCallError,
} from "../../mod.ts";
import { wrapMemory } from "../support/wrap_memory.ts";

function write(
  memory: Memory,
  address: number,
  length: number,
): Uint8Array<ArrayBuffer> {
  return new Uint8Array(memory.buffer(address, length)).fill(0x5a);
}

const MEMORIES: Readonly<Record<string, () => Memory & Disposable>> = {
  "processMemory()": () => ({ ...processMemory(), [Symbol.dispose]() {} }),
  "arenaMemory()": arenaMemory,
};

for (const [name, open] of Object.entries(MEMORIES)) {
  Deno.test(`${name} has pages of a power of two`, () => {
    using memory = open();
    const { pageSize } = memory;
    assertEquals(2 ** Math.log2(pageSize), pageSize);
    assert(pageSize >= 4096);
  });

  Deno.test(`${name} gives the previous break, and memory behind it`, () => {
    using memory = open();
    const previous = memory.sbrk(4096);
    write(memory, previous, 4096);
    assert(memory.sbrk(0) >= previous + 4096);
  });

  Deno.test(`${name} gives zeroed mappings at a page's start`, () => {
    using memory = open();
    const address = memory.mmap(10_000);
    assertEquals(address % memory.pageSize, 0);
    const view = new Uint8Array(memory.buffer(address, 10_000));
    assert(view.every((byte) => byte === 0));
    memory.munmap(address, 10_000);
  });

  Deno.test(`${name} detaches all windows on a mapping that goes`, () => {
    using memory = open();
    const address = memory.mmap(10_000);
    const views = [
      write(memory, address, 10_000),
      write(memory, address + 5000, 100),
    ];
    memory.munmap(address, 10_000);
    for (const view of views) {
      assertEquals([view.length, view.buffer.detached], [0, true]);
    }
  });

  Deno.test(`${name} refuses a mapping that no memory has, as the system does`, () => {
    using memory = open();
    const error = assertThrows(() => memory.mmap(2 ** 60), SystemCallError);
    assertEquals(error.syscall, "mmap");
    assertEquals([error.errno, error.code], [12, "ENOMEM"]);
    assert(error.message.includes("ENOMEM"));
  });

  Deno.test(`${name} refuses a mapping without length, as the system does`, () => {
    using memory = open();
    const error = assertThrows(() => memory.mmap(0), SystemCallError);
    assertEquals([error.errno, error.code], [22, "EINVAL"]);
  });

  Deno.test(`${name} refuses a break that no memory has, and leaves it where it is`, () => {
    using memory = open();
    const error = assertThrows(() => memory.sbrk(2 ** 50), SystemCallError);
    assertEquals([error.syscall, error.code], ["sbrk", "ENOMEM"]);
  });

  Deno.test(`${name} gives mappings back only whole, and only its own`, () => {
    using memory = open();
    const address = memory.mmap(10_000);
    assertThrows(() => memory.munmap(address, 4096), RangeError, "10000");
    assertThrows(() => memory.munmap(address + 4096, 5904), RangeError);
    write(memory, address, 10_000);
    memory.munmap(address, 10_000);
    assertThrows(() => memory.munmap(address, 10_000), RangeError);
  });
}

Deno.test("processMemory() is one and the same each time", () => {
  assertEquals(processMemory() === processMemory(), true);
});

Deno.test("an arena's break starts at its start and ends with its reserve", () => {
  using arena = arenaMemory({ reserve: 65_536 });
  assertEquals(arena.sbrk(0), arena.start);
  assertEquals(arena.sbrk(65_536), arena.start);
  assertThrows(() => arena.sbrk(1), SystemCallError, "ENOMEM");
  assertEquals(arena.sbrk(0), arena.start + 65_536);
});

Deno.test("an arena's break may be lowered, but not below its start", () => {
  using arena = arenaMemory({ reserve: 65_536 });
  arena.sbrk(100);
  arena.sbrk(-100);
  assertThrows(() => arena.sbrk(-1), SystemCallError);
  assertEquals(arena.sbrk(0), arena.start);
});

Deno.test("an arena's reserve is rounded up to pages", () => {
  using arena = arenaMemory({ reserve: 1 });
  assertEquals(arena.reserve, arena.pageSize);
});

for (const reserve of [0, -1, 0.5, NaN, Infinity, 2 ** 53]) {
  Deno.test(`an arena cannot reserve ${reserve} bytes`, () => {
    assertThrows(() => arenaMemory({ reserve }), RangeError, String(reserve));
  });
}

Deno.test("an arena larger than the address space is refused by the system", () => {
  assertThrows(() => arenaMemory({ reserve: 2 ** 52 }), SystemCallError);
});

Deno.test("an arena can be written up to its break, however far that moves at once", () => {
  using arena = arenaMemory({ reserve: 2 ** 30 });
  const steps = [1, 4095, 2 ** 20, 2 ** 22, 2 ** 24 + 1, 2 ** 26];
  for (const step of steps) {
    const previous = arena.sbrk(step);
    const view = write(arena, previous, step);
    assertEquals([view[0], view[step - 1]], [0x5a, 0x5a]);
  }
  const rest = arena.start + arena.reserve - arena.sbrk(0);
  const last = arena.sbrk(rest) + rest - 1;
  write(arena, last, 1);
});

Deno.test("an arena keeps what was written below a break that was lowered and raised", () => {
  using arena = arenaMemory({ reserve: 2 ** 24 });
  write(arena, arena.sbrk(2 ** 23), 2 ** 23);
  arena.sbrk(-(2 ** 23));
  arena.sbrk(2 ** 23);
  const view = new Uint8Array(arena.buffer(arena.start, 2 ** 23));
  assertEquals([view[0], view.at(-1)], [0x5a, 0x5a]);
});

Deno.test("the error of a reservation that is refused says how to reserve less", () => {
  const error = assertThrows(
    () => arenaMemory({ reserve: 2 ** 52 }),
    SystemCallError,
    "mmap(4503599627370496) failed with ENOMEM",
  );
  assertEquals([error.syscall, error.code], ["mmap", "ENOMEM"]);
  assertStringIncludes(error.message, "`ulimit -v`");
  assertStringIncludes(error.message, "arenaMemory({ reserve })");
});

Deno.test("a window on an arena ends where the arena ends", () => {
  using arena = arenaMemory({ reserve: 65_536 });
  assertEquals(arena.buffer(arena.start, 2 ** 30).byteLength, 65_536);
  assertEquals(arena.buffer(arena.start + 65_000, 1000).byteLength, 536);
});

Deno.test("disposing of an arena detaches all windows and refuses every later call", () => {
  const arena = arenaMemory({ reserve: 65_536 });
  const mapping = arena.mmap(4096);
  const views = [arena.buffer(arena.start, 100), arena.buffer(mapping, 100)];
  arena[Symbol.dispose]();
  arena[Symbol.dispose]();
  for (const view of views) assertEquals(view.detached, true);
  const calls: (() => unknown)[] = [
    () => arena.sbrk(0),
    () => arena.mmap(4096),
    () => arena.munmap(mapping, 4096),
    () => arena.buffer(arena.start, 8),
  ];
  for (const call of calls) assertThrows(call, TypeError, "disposed");
});

Deno.test("many arenas can be made and disposed of, one after the other", () => {
  for (let round = 0; round < 200; round++) {
    using arena = arenaMemory();
    write(arena, arena.start, 4096);
  }
});

Deno.test("a mapping opens no window on its payload before that is used", () => {
  using arena = arenaMemory();
  const opened: number[] = [];
  const memory = wrapMemory(arena, {
    buffer(address, length) {
      opened.push(length);
      return arena.buffer(address, length);
    },
  });
  using heap = new Heap({ memory });
  const address = heap.malloc(200_000);
  assertEquals(opened, [32]);
  heap.bytes(address).fill(1);
  heap.bytes(address).fill(2);
  assertEquals(opened, [32, 200_032]);
});
