// The memory that structures lie in: what is taken, from which offset, how much.
import { assertEquals, assertThrows } from "@std/assert";
import {
  arenaMemory,
  ArgumentError,
  Heap,
  struct,
  type StructTarget,
  UsageError,
} from "../../mod.ts";

const Pair = struct({ small: "u8", large: "u16" });
const VALUE = { small: 1, large: 2 };

/** Eight bytes, of which the targets below show the last six. */
function targets(): [name: string, StructTarget, bytes: Uint8Array][] {
  const bytes = new Uint8Array(8);
  const view = new DataView(bytes.buffer, 2, 6);
  const shared = new Uint8Array(new SharedArrayBuffer(8));
  return [
    ["a DataView", view, bytes],
    ["a Uint8Array", bytes.subarray(2), bytes],
    ["what has a view", { view }, bytes],
    ["shared memory", shared.subarray(2), shared],
  ];
}

for (const [name, target, bytes] of targets()) {
  Deno.test(`structures lie in ${name}, from its own start`, () => {
    bytes.fill(9);
    Pair.write(target, VALUE);
    Pair.set(target, "small", 5, 2);
    assertEquals([...bytes], [9, 9, 1, 0, 5, 0, 9, 9]);
    assertEquals(Pair.read(target), { small: 1, large: 5 });
    assertEquals(Pair.get(target, "large", 2), 9 * 257);
  });
}

Deno.test("at() shows exactly the structure with an index", () => {
  const memory = new DataView(new Uint8Array(15).buffer, 1);
  for (let index = 0; index < 3; index++) {
    const view = Pair.at(memory, index, 1);
    assertEquals([view.byteOffset, view.byteLength], [2 + 4 * index, 4]);
  }
});

/** Every method, with memory and an offset. */
const CALLS: readonly (readonly [
  action: string,
  call: (target: StructTarget, offset?: number) => unknown,
])[] = [
  ["read", (target, offset) => Pair.read(target, offset)],
  ["write", (target, offset) => Pair.write(target, VALUE, offset)],
  ["read", (target, offset) => Pair.get(target, "small", offset)],
  ["write", (target, offset) => Pair.set(target, "small", 1, offset)],
  ["find", (target, offset) => Pair.at(target, 0, offset)],
];
const METHODS = ["read", "write", "get", "set", "at"];

for (const [index, [action, call]] of CALLS.entries()) {
  const method = `${METHODS[index]}()`;

  Deno.test(`${method} refuses memory that is too short, naming both sizes`, () => {
    assertThrows(
      () => call(new Uint8Array(3)),
      ArgumentError,
      `Cannot ${action} a structure of 4 bytes at offset 0: the memory has 3 bytes`,
    );
    assertThrows(
      () => call(new DataView(new ArrayBuffer(8), 2), 3),
      ArgumentError,
      `Cannot ${action} a structure of 4 bytes at offset 3: the memory has 6 bytes`,
    );
  });

  Deno.test(`${method} refuses offsets that are none`, () => {
    for (const offset of [-1, 0.5, NaN, Infinity]) {
      assertThrows(
        () => call(new Uint8Array(8), offset),
        ArgumentError,
        `Cannot ${action} a structure with offset ${offset}: expected a ` +
          "non-negative safe integer",
      );
    }
  });

  Deno.test(`${method} refuses what is no memory`, () => {
    for (
      const [target, text] of [
        [140_000, "140000"],
        [null, "null"],
        [undefined, "undefined"],
        [new ArrayBuffer(2), "ArrayBuffer { [Uint8Contents]: <00 00>"],
        [{ view: new Uint8Array(8) }, "{ view: Uint8Array(8) [ 0, 0, 0, 0"],
      ]
    ) {
      assertThrows(
        () => call(target as unknown as StructTarget),
        UsageError,
        `Cannot ${action} a structure in ${text}`,
      );
    }
  });

  Deno.test(`${method} refuses memory that was freed`, () => {
    const arena = arenaMemory();
    const heap = new Heap({ memory: arena });
    const bytes = heap.bytes(heap.malloc(8));
    const view = new DataView(bytes.buffer, bytes.byteOffset, 8);
    arena[Symbol.dispose]();
    for (const target of [bytes, view, { view }]) {
      assertThrows(
        () => call(target),
        UsageError,
        `Cannot ${action} a structure: its memory was freed or moved, which ` +
          "detached this view of it",
      );
    }
  });
}

Deno.test("at() refuses an index that is none, and one behind the array's end", () => {
  for (const index of [-1, 0.5, NaN]) {
    assertThrows(
      () => Pair.at(new Uint8Array(12), index),
      ArgumentError,
      `Cannot find a structure with index ${index}: expected a non-negative safe`,
    );
  }
  assertThrows(
    () => Pair.at(new Uint8Array(12), 3),
    ArgumentError,
    "Cannot find a structure of 4 bytes at offset 12: the memory has 12 bytes",
  );
});

Deno.test("what the memory says when it is asked for its view is passed on", () => {
  const target = {
    get view(): DataView {
      throw new TypeError('Cannot use "frame": it was freed');
    },
  };
  assertThrows(() => Pair.read(target), TypeError, "it was freed");
});
