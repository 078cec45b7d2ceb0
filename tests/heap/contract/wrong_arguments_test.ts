// What callers without type checks pass is refused with what it is, what was expected
// and what to do; nothing is changed.
import {
  assertEquals,
  assertMatch,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import {
  type Allocation,
  arenaMemory,
  ArgumentError,
  Heap,
  os_free,
  os_heap,
  os_malloc,
  os_realloc,
  type Pointer,
  readString,
  type Scope,
} from "../../../mod.ts";

/** What is said when something is done with what is nothing of the kind. */
function refusal(act: () => unknown): string {
  const error = assertThrows(act, ArgumentError);
  assertEquals(error.code, "invalid-argument");
  return error.message;
}

/** What takes an address, and what a heap calls it. */
const TAKERS: Readonly<Record<string, (heap: Heap, it: number) => unknown>> = {
  "free": (heap, address) => heap.free(address),
  "realloc": (heap, address) => heap.realloc(address, 24),
  "take the usableSize of": (heap, address) => heap.usableSize(address),
  "take the bytes of": (heap, address) => heap.bytes(address),
};

/** What is no address, made of the address of a live block, and what is said of it. */
const NO_ADDRESSES: readonly (readonly [
  what: string,
  make: (heap: Heap, address: number) => unknown,
  shown: RegExp,
  remedy: string,
])[] = [
  [
    "a pointer",
    (heap, address) => heap.pointer(address),
    /^pointer 0x[0-9a-f]+$/,
    "pass heap.address(pointer)",
  ],
  ["null", () => null, /^null$/, "pass heap.address(pointer)"],
  [
    "a bigint",
    (_, address) => BigInt(address),
    /^\d+n$/,
    "pass Number(address)",
  ],
  [
    "an allocation",
    (heap) => heap.allocate(8, { label: "frame" }),
    /^allocation "frame" \(8 bytes at 0x[0-9a-f]+\)$/,
    "dispose of the allocation, resize it or read its bytes instead",
  ],
  [
    "digits",
    (_, address) => String(address),
    /^"\d+"$/,
    "pass what malloc, calloc or realloc of this heap returned",
  ],
  [
    "undefined",
    () => undefined,
    /^undefined$/,
    "pass what malloc, calloc or realloc of this heap returned",
  ],
  [
    "a symbol",
    () => Symbol("it"),
    /^Symbol\(it\)$/,
    "pass what malloc, calloc or realloc of this heap returned",
  ],
];

for (const debug of [false, true]) {
  for (const [action, take] of Object.entries(TAKERS)) {
    for (const [what, make, shown, remedy] of NO_ADDRESSES) {
      Deno.test(`to ${action} ${what} is refused${debug ? " in a debug heap" : ""}`, () => {
        using heap = new Heap({ debug, onLeak: () => {} });
        const address = heap.malloc(40);
        heap.malloc(8);
        const wrong = make(heap, address) as number;
        const before = [...heap.blocks()];
        const message = refusal(() => take(heap, wrong));
        const [, found = ""] =
          /^Cannot (.*): expected an address, a number; /.exec(message) ?? [];
        assertEquals(found.slice(0, action.length + 1), `${action} `);
        assertMatch(found.slice(action.length + 1), shown);
        assertEquals(
          message.endsWith(`: expected an address, a number; ${remedy}`),
          true,
        );
        assertEquals([...heap.blocks()], before);
        heap.check();
      });
    }
  }
}

for (const wrong of [5, 5n, "5", {}, new Uint8Array(8)]) {
  const shown = Deno.inspect(wrong, { depth: 0 });
  const pointer = wrong as unknown as Pointer;

  Deno.test(`the os_* functions refuse ${shown}, which is no pointer`, () => {
    const kept = os_malloc(8);
    const { liveBlocks } = os_heap().stats();
    const expected = ": expected a pointer that an os_* function gave, or null";
    assertEquals(
      refusal(() => os_free(pointer)),
      `Cannot free ${shown}${expected}`,
    );
    assertEquals(
      refusal(() => os_realloc(pointer, 24)),
      `Cannot realloc ${shown}${expected}`,
    );
    assertEquals(os_heap().stats().liveBlocks, liveBlocks);
    os_free(kept);
  });

  Deno.test(`heap.address() refuses ${shown}, which is no pointer`, () => {
    using heap = new Heap();
    assertEquals(
      refusal(() => heap.address(pointer)),
      `Cannot take the address of ${shown}: expected a pointer, or null`,
    );
  });
}

/** What takes a number, given a bigint and digits. */
const NUMBERS: Readonly<
  Record<string, (heap: Heap, value: number) => unknown>
> = {
  "malloc with size": (heap, size) => heap.malloc(size),
  "calloc with nmemb": (heap, nmemb) => heap.calloc(nmemb, 8),
  "allocate with size": (heap, size) => heap.allocate(size),
  "make a pointer with address": (heap, address) => heap.pointer(address),
  "align an allocation to": (heap, align) => heap.allocate(8, { align }),
  "show": (heap, length) => heap.bytes(heap.malloc(100), length),
  "read a string of at most": (heap, maxLength) =>
    readString(heap.malloc(8), { maxLength }),
  "reserve": (_, reserve) => arenaMemory({ reserve }),
  "make a heap with mmapThreshold": (_, mmapThreshold) =>
    new Heap({ mmapThreshold }),
  "make a heap with callocThreshold": (_, callocThreshold) =>
    new Heap({ callocThreshold }),
  "make a heap with preallocate": (_, preallocate) => new Heap({ preallocate }),
  "make a heap with growth": (_, growth) => new Heap({ growth }),
};

for (const [what, take] of Object.entries(NUMBERS)) {
  Deno.test(`Cannot ${what} a bigint or digits: they are shown as what they are`, () => {
    using heap = new Heap();
    const bigint = refusal(() => take(heap, 64n as unknown as number));
    assertStringIncludes(bigint, `Cannot ${what} 64n`);
    assertEquals(bigint.endsWith("; convert it with Number()"), true);
    const digits = refusal(() => take(heap, "64" as unknown as number));
    assertStringIncludes(digits, `Cannot ${what} "64"`);
    assertEquals(digits.includes("Number()"), false);
  });
}

Deno.test("only allocations are moved out of a scope, and only into scopes", () => {
  using heap = new Heap();
  using scope = heap.scope();
  const frame = scope.allocate(8);
  for (const wrong of [{}, 5, null]) {
    assertEquals(
      refusal(() => scope.moveOut(wrong as unknown as Allocation)),
      "Cannot move an allocation out of a scope: expected an allocation, found " +
        Deno.inspect(wrong),
    );
  }
  for (const wrong of [{}, 5, heap]) {
    assertStringIncludes(
      refusal(() => scope.moveOut(frame, wrong as unknown as Scope)),
      ": expected a scope to move it into, found ",
    );
  }
  assertEquals([scope.size, frame.isDisposed], [1, false]);
});

Deno.test("an array of pointers is made of what can be iterated", () => {
  using heap = new Heap();
  for (const wrong of [5, null, undefined, {}]) {
    assertEquals(
      refusal(() => heap.allocatePointers(wrong as unknown as [])),
      `Cannot make an array of pointers of ${
        Deno.inspect(wrong)
      }: expected an ` +
        "array, or another iterable, of allocations, pointers and addresses",
    );
  }
});

Deno.test("a structure is allocated by what struct() returned", () => {
  using heap = new Heap();
  for (const wrong of [{}, 5, null, { x: "f64" }]) {
    assertEquals(
      refusal(() => heap.allocateStruct(wrong as never)),
      `Cannot allocate a structure of ${
        Deno.inspect(wrong)
      }: expected what struct() returned`,
    );
  }
  assertEquals(heap.stats().liveBlocks, 0);
});
