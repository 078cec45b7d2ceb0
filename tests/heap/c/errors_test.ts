// What goes wrong in calls from C: it is said on standard error, counted and
// remembered, and C goes on.
import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertStringIncludes,
} from "@std/assert";
import {
  type Address,
  arenaMemory,
  Heap,
  InvalidPointerError,
  type InvalidPointerReason,
  SystemCallError,
} from "../../../mod.ts";
import {
  type BoundFunctions,
  boundFunctions,
} from "../../support/c_functions.ts";
import {
  fromThenOn,
  never,
  once,
  RefusingMemory,
} from "../../support/refusing_memory.ts";
import { StderrLines } from "../../support/stderr_lines.ts";

/** A heap that is bound, and what is written to standard error meanwhile. */
class Scene implements Disposable {
  readonly memory = new RefusingMemory(arenaMemory());
  readonly heap = new Heap({ memory: this.memory });
  readonly bindings = this.heap.bindToC();
  readonly c = boundFunctions(this.bindings);
  readonly stderr = new StderrLines();

  [Symbol.dispose](): void {
    this.stderr[Symbol.dispose]();
    this.memory.refuses = never;
    this.bindings[Symbol.dispose]();
    this.heap[Symbol.dispose]();
  }
}

interface WrongPointer {
  readonly reason: InvalidPointerReason;
  readonly address: (c: BoundFunctions) => Address;
  /** What the line says of it. */
  readonly says: (address: Address, action: string) => string;
}

const WRONG_POINTERS: readonly WrongPointer[] = [
  {
    reason: "never allocated",
    address: () => 4096,
    says: () =>
      "0x1000: this heap never allocated it; pass an address that malloc, calloc " +
      "or realloc of this heap returned",
  },
  {
    reason: "unaligned",
    address: (c) => c.malloc(40) + 1,
    says: (address) =>
      `${
        hex(address)
      }: every address that a heap gives out is a positive multiple ` +
      "of 8. It lies 1 byte into the payload of the allocated block whose payload " +
      `is ${hex(address - 1)} (40 bytes)`,
  },
  {
    reason: "inside a block",
    address: (c) => c.malloc(40) + 16,
    says: (address) =>
      `${
        hex(address)
      }: it is not the start of a payload. It lies 16 bytes into ` +
      `the payload of the allocated block whose payload is ${
        hex(address - 16)
      } ` +
      "(40 bytes)",
  },
  {
    reason: "already freed",
    address: (c) => {
      const address = c.malloc(40);
      c.malloc(40);
      c.free(address);
      return address;
    },
    says: (address, action) =>
      `${hex(address)}: ${
        action === "free"
          ? "its memory is free already; look for a second free of the same block"
          : "it was freed already; do not use it afterwards"
      }. It is a free block of 40 bytes`,
  },
  {
    reason: "unmapped",
    address: (c) => {
      const address = c.malloc(300_000);
      c.free(address);
      return address;
    },
    says: (address, action) =>
      `${hex(address)}: it was a mapping that was freed already; ${
        action === "free"
          ? "look for a second free"
          : "do not use it afterwards"
      }. It was a mapped block of 300000 bytes`,
  },
  {
    reason: "of another heap",
    address: () => other.malloc(40),
    says: (address) =>
      `${
        hex(address)
      }: it lies in a block of another heap; give it only to the ` +
      "heap it came from. It is an allocated block of 40 bytes",
  },
];

const other = new Heap();

function hex(address: Address): string {
  return `0x${address.toString(16)}`;
}

/** Each function that takes a pointer, as its line calls it, and what it answers. */
const TAKERS: Readonly<
  Record<string, (c: BoundFunctions, address: Address) => number>
> = {
  "free": (c, address) => (c.free(address), 0),
  "realloc": (c, address) => c.realloc(address, 24),
  "take the usableSize of": (c, address) => c.usableSize(address),
};

for (const [action, take] of Object.entries(TAKERS)) {
  for (const { reason, address, says } of WRONG_POINTERS) {
    // realloc() answers NULL for memory that is free.
    if (action === "realloc" && reason === "already freed") continue;
    Deno.test(`C that would ${action} what is ${reason} is told so, and goes on`, () => {
      using scene = new Scene();
      const { heap, bindings, c, stderr } = scene;
      const wrong = address(c);
      const before = [...heap.blocks()];
      assertEquals(take(c, wrong), 0);
      assertEquals(stderr.lines, [
        `osmem: Cannot ${action} ${says(wrong, action)}`,
      ]);
      assertEquals(bindings.errorCount, 1);
      const [error] = bindings.errors;
      assertInstanceOf(error, InvalidPointerError);
      assertEquals([error.reason, error.address], [reason, wrong]);
      assertEquals([...heap.blocks()], before);
      heap.check();
    });
  }
}

/** Pointers that no process has, and how they are told: a number loses the last bits. */
const NO_ADDRESSES: readonly (readonly [pointer: bigint, told: string])[] = [
  [2n ** 64n - 1n, "0xffffffffffffffff"],
  [2n ** 64n - 16n, "0xfffffffffffffff0"],
  [2n ** 63n, "0x8000000000000000"],
  [0xdeadbeefdeadbeefn, "0xdeadbeefdeadbe00"],
  [0x4141414141414141n, "0x4141414141414000"],
  [2n ** 53n + 8n, "0x20000000000008"],
];

for (const [pointer, told] of NO_ADDRESSES) {
  Deno.test(`the pointer 0x${pointer.toString(16)} is refused as ${told}`, () => {
    using scene = new Scene();
    const { heap, bindings, c } = scene;
    c.malloc(8);
    c.free(pointer);
    c.realloc(pointer, 8);
    const [freed, resized] = bindings.errors as InvalidPointerError[];
    assertEquals([freed?.reason, resized?.reason], ["unaligned", "unaligned"]);
    assertStringIncludes(freed!.message, `Cannot free ${told}: every address`);
    assertStringIncludes(
      resized!.message,
      `Cannot realloc ${told}: every address`,
    );
    heap.check();
  });
}

Deno.test("the first thousand errors are remembered and printed, all are counted", () => {
  using scene = new Scene();
  const { bindings, c, stderr } = scene;
  for (let calls = 1; calls <= 1005; calls++) c.free(8 * calls);
  assertEquals(bindings.errorCount, 1005);
  assertEquals(bindings.errors.length, 1000);
  assertEquals((bindings.errors.at(-1) as InvalidPointerError).address, 8000);
  assertEquals(stderr.lines.length, 1001);
  assertStringIncludes(stderr.lines[999]!, "Cannot free 0x1f40:");
  assertEquals(stderr.lines[1000], "osmem: further errors are only counted");
});

Deno.test("errors stay with the bindings when these are disposed of", () => {
  using scene = new Scene();
  scene.c.free(8);
  scene.bindings[Symbol.dispose]();
  assertEquals(scene.bindings.errors.length, 1);
});

Deno.test("standard error that cannot be written is no error for C", () => {
  using scene = new Scene();
  Deno.stderr.writeSync = () => {
    throw new Deno.errors.BrokenPipe("nobody reads");
  };
  scene.c.free(8);
  assertEquals(scene.bindings.errorCount, 1);
});

Deno.test("a mapping that the system does not take back stays, and C is told", () => {
  using scene = new Scene();
  const { heap, memory, bindings, c, stderr } = scene;
  const address = c.malloc(200_000);
  heap.bytes(address).fill(5);
  memory.refuses = (_, syscall) => syscall === "munmap";
  c.free(address);
  assertEquals(c.realloc(address, 400_000), 0);
  assertEquals(c.realloc(address, 8), 0);
  assertEquals(bindings.errorCount, 3);
  for (const error of bindings.errors) assertInstanceOf(error, SystemCallError);
  assertStringIncludes(stderr.lines[0]!, "osmem: munmap() failed with ENOMEM");
  assert(heap.bytes(address).every((byte) => byte === 5));
  memory.refuses = never;
  c.free(address);
  assertEquals(heap.stats().liveBlocks, 0);
  heap.check();
});

/** What a program in C does: small and large blocks, all ways to get one. */
function exercise(c: BoundFunctions): void {
  const kept: Address[] = [];
  for (const size of [24, 5000, 140_000, 70_000, 90_000, 200_000]) {
    kept.push(c.malloc(size), c.calloc(3, size));
    kept.push(c.realloc(kept.at(-2)!, size * 3));
    kept.splice(-3, 1);
  }
  for (const address of kept) c.free(address);
}

for (const [name, refusal] of Object.entries({ once, fromThenOn })) {
  Deno.test(`memory refused to C at any system call (${name}) leaves the heap whole`, () => {
    let target = 0;
    let wasRefused = true;
    while (wasRefused) {
      using scene = new Scene();
      const { memory, heap, c } = scene;
      const fence = c.malloc(64);
      heap.bytes(fence).fill(3);
      memory.refuses = refusal(memory.asked + ++target);
      exercise(c);
      wasRefused = memory.refused > 0;
      heap.check();
      assert(heap.bytes(fence).every((byte) => byte === 3));
      memory.refuses = never;
      assertEquals(heap.usableSize(c.malloc(100)), 104);
      heap.check();
    }
    assert(target > 5);
  });
}

Deno.test("memory that is refused is no error to be told of", () => {
  using scene = new Scene();
  scene.memory.refuses = (_, syscall) => syscall !== "munmap";
  assertEquals(scene.c.malloc(100), 0);
  assertEquals(scene.c.calloc(1, 200_000), 0);
  assertEquals(scene.bindings.errors, []);
  assertEquals(scene.stderr.lines, []);
});
