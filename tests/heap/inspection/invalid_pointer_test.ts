// Each kind of wrong pointer, given to everything that takes a pointer.
import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import {
  type Address,
  arenaMemory,
  type Block,
  Heap,
  InvalidPointerError,
  type InvalidPointerReason,
} from "../../../mod.ts";

type Taker = (heap: Heap, address: Address) => unknown;

const TAKERS: Readonly<Record<string, Taker>> = {
  free: (heap, address) => heap.free(address),
  realloc: (heap, address) => heap.realloc(address, 24),
  usableSize: (heap, address) => heap.usableSize(address),
  bytes: (heap, address) => heap.bytes(address),
};

/** A heap with a block of every kind, and another heap beside it. */
class Scene implements Disposable {
  readonly heap = new Heap();
  readonly other = new Heap();
  readonly live = this.heap.malloc(40);
  readonly merged = this.#mergedAway();
  readonly freed = this.#justFreed();
  readonly mapping = this.heap.malloc(200_000);
  readonly unmapped = this.#unmapped();
  readonly foreign = this.other.malloc(40);
  readonly foreignMapping = this.other.malloc(200_000);

  block(payload: Address, heap: Heap = this.heap): Block | undefined {
    return [...heap.blocks()].find((block) => block.payload === payload);
  }

  [Symbol.dispose](): void {
    this.heap[Symbol.dispose]();
    this.other[Symbol.dispose]();
  }

  #mergedAway(): Address {
    const [first, second] = [this.heap.malloc(40), this.heap.malloc(40)];
    this.heap.malloc(1000);
    this.heap.free(first);
    this.heap.free(second);
    this.heap.malloc(1000);
    return second;
  }

  #justFreed(): Address {
    const address = this.heap.malloc(200);
    this.heap.malloc(1000);
    this.heap.free(address);
    return address;
  }

  #unmapped(): Address {
    const address = this.heap.malloc(300_000);
    this.heap.free(address);
    return address;
  }
}

interface WrongPointer {
  readonly what: string;
  readonly reason: InvalidPointerReason;
  readonly address: (scene: Scene) => Address;
  /** The payload of the block that the error names, where it names one. */
  readonly names?: (scene: Scene) => Address;
  /** realloc() answers NULL for memory that is free. */
  readonly isFree?: boolean;
}

const WRONG_POINTERS: readonly WrongPointer[] = [
  {
    what: "an address far below the heap",
    reason: "never allocated",
    address: () => 4096,
  },
  {
    what: "an address far above all memory",
    reason: "never allocated",
    address: () => 2 ** 52,
  },
  {
    what: "an address just below the heap",
    reason: "never allocated",
    address: ({ live }) => live - 40,
  },
  {
    what: "an address behind the break",
    reason: "never allocated",
    address: ({ live }) => live + 131072,
  },
  {
    what: "an address behind a mapping",
    reason: "never allocated",
    address: ({ mapping }) => mapping + 2 ** 40,
  },
  {
    what: "an odd address",
    reason: "unaligned",
    address: ({ live }) => live + 1,
    names: ({ live }) => live,
  },
  {
    what: "an odd address in a mapping",
    reason: "unaligned",
    address: ({ mapping }) => mapping + 4,
    names: ({ mapping }) => mapping,
  },
  { what: "a negative number", reason: "unaligned", address: () => -8 },
  { what: "a fraction", reason: "unaligned", address: () => 0.5 },
  { what: "NaN", reason: "unaligned", address: () => NaN },
  { what: "infinity", reason: "unaligned", address: () => Infinity },
  {
    what: "the middle of a payload",
    reason: "inside a block",
    address: ({ live }) => live + 8,
    names: ({ live }) => live,
  },
  {
    what: "the last bytes of a payload",
    reason: "inside a block",
    address: ({ live }) => live + 32,
    names: ({ live }) => live,
  },
  {
    what: "a header",
    reason: "inside a block",
    address: ({ live }) => live - 32,
    names: ({ live }) => live,
  },
  {
    what: "the middle of a header",
    reason: "inside a block",
    address: ({ live }) => live - 8,
    names: ({ live }) => live,
  },
  {
    what: "the middle of a mapping",
    reason: "inside a block",
    address: ({ mapping }) => mapping + 100_000,
    names: ({ mapping }) => mapping,
  },
  {
    what: "the header of a mapping",
    reason: "inside a block",
    address: ({ mapping }) => mapping - 32,
    names: ({ mapping }) => mapping,
  },
  {
    what: "a block that was freed",
    reason: "already freed",
    address: ({ freed }) => freed,
    names: ({ freed }) => freed,
    isFree: true,
  },
  {
    what: "the middle of a block that was freed",
    reason: "already freed",
    address: ({ freed }) => freed + 64,
    names: ({ freed }) => freed,
    isFree: true,
  },
  {
    what: "a freed block that was merged with the one before it",
    reason: "already freed",
    address: ({ merged }) => merged,
    names: ({ merged }) => merged - 72,
    isFree: true,
  },
  {
    what: "a mapping that was unmapped",
    reason: "unmapped",
    address: ({ unmapped }) => unmapped,
  },
  {
    what: "a block of another heap",
    reason: "of another heap",
    address: ({ foreign }) => foreign,
  },
  {
    what: "a mapping of another heap",
    reason: "of another heap",
    address: ({ foreignMapping }) => foreignMapping,
  },
];

for (const [name, take] of Object.entries(TAKERS)) {
  for (const { what, reason, address, names, isFree } of WRONG_POINTERS) {
    if (name === "realloc" && isFree) continue; // answers NULL, see the contract's tests
    Deno.test(`${name}() refuses ${what} as ${reason}`, () => {
      using scene = new Scene();
      const before = [...scene.heap.blocks()];
      const wrong = address(scene);
      const error = assertThrows(
        () => take(scene.heap, wrong),
        InvalidPointerError,
        name === "bytes" ? "" : name,
      );
      assertEquals(error.reason, reason);
      assertEquals(error.address, wrong);
      if (names) assertEquals(error.block, scene.block(names(scene)));
      assertEquals([...scene.heap.blocks()], before);
      scene.heap.check();
      scene.other.check();
    });
  }
}

for (const name of ["usableSize", "bytes"]) {
  Deno.test(`${name}() refuses NULL`, () => {
    using heap = new Heap();
    heap.malloc(8);
    assertThrows(() => TAKERS[name]!(heap, 0), InvalidPointerError);
  });
}

Deno.test("an empty heap refuses every pointer", () => {
  using heap = new Heap();
  for (const address of [8, 4096, 2 ** 40]) {
    const error = assertThrows(() => heap.free(address), InvalidPointerError);
    assertEquals(error.reason, "never allocated");
  }
});

Deno.test("the error names the address, and the block with its size", () => {
  using heap = new Heap();
  const address = heap.malloc(40);
  const error = assertThrows(
    () => heap.free(address + 16),
    InvalidPointerError,
  );
  assertStringIncludes(error.message, `0x${(address + 16).toString(16)}`);
  assertStringIncludes(error.message, `0x${address.toString(16)}`);
  assertStringIncludes(error.message, "40 bytes");
  assertStringIncludes(error.message, "16 bytes into");
});

Deno.test("a block freed twice is refused whatever happened in between", () => {
  using heap = new Heap();
  const [first, second] = [heap.malloc(40), heap.malloc(40)];
  heap.malloc(8);
  heap.free(first);
  heap.free(second);
  assertThrows(() => heap.free(first), InvalidPointerError);
  heap.malloc(5000);
  assertThrows(() => heap.free(first), InvalidPointerError);
  assertThrows(() => heap.free(second), InvalidPointerError);
  heap.check();
});

Deno.test("a header forged inside a payload makes no block of it", () => {
  using heap = new Heap();
  const address = heap.malloc(200);
  const bytes = heap.bytes(address);
  const forged = new DataView(bytes.buffer, bytes.byteOffset + 64, 32);
  forged.setBigUint64(0, 64n, true);
  forged.setUint32(8, 1, true);
  assertThrows(() => heap.free(address + 96), InvalidPointerError);
  heap.check();
});

Deno.test("the end of a segment is no block", () => {
  using arena = arenaMemory();
  using heap = new Heap({ memory: arena, preallocate: 0 });
  heap.malloc(8);
  const end = arena.sbrk(4096);
  heap.malloc(8);
  for (const address of [end, end + 32, end + 4096]) {
    assertThrows(() => heap.free(address), InvalidPointerError);
  }
  heap.check();
});

Deno.test("a pointer to a heap that was disposed is refused by others", () => {
  const gone = new Heap();
  const address = gone.malloc(8);
  gone[Symbol.dispose]();
  using heap = new Heap();
  assertThrows(() => heap.free(address), InvalidPointerError);
});
